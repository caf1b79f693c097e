/// What an operator wants to know of a decision before it is carried out: what it is on another
/// supposition, in which order its steps go, where things run afterwards, and what it looks like.
///
/// Pure functions of documents and decisions. The package must not know how decisions are taken,
/// nor files, terminals or the running cluster.
@NullMarked
package dev.quorate.resource.core.preview;

import org.jspecify.annotations.NullMarked;
