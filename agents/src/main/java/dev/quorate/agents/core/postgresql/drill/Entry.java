package dev.quorate.agents.core.postgresql.drill;

/// An entry of a writer that the database holds.
///
/// @param writer whose it is, from 0 on
/// @param number the how many-eth of that writer, from 1 on
/// @param previous the highest number of that writer that the database showed when this one was
///   written; 0 if there was none
public record Entry(int writer, long number, long previous) {}
