package dev.quorate.consensus;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Keeps the commands in order and answers `number:command`.
public final class RecordingStateMachine implements ReplicatedStateMachine {
  private final List<String> commands = new ArrayList<>();
  private int restores;
  private String refused = "";

  @Override
  public synchronized String apply(LogPosition position, byte[] command) {
    String text = new String(command, StandardCharsets.UTF_8);
    if (text.equals(refused)) {
      throw new IllegalArgumentException("unknown command " + text);
    }
    commands.add(text);
    return commands.size() + ":" + text;
  }

  @Override
  public synchronized byte[] snapshot() {
    return String.join("\n", commands).getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public synchronized void restore(LogPosition position, byte[] snapshot) {
    restores++;
    commands.clear();
    new String(snapshot, StandardCharsets.UTF_8).lines().forEach(commands::add);
  }

  public synchronized List<String> commands() {
    return List.copyOf(commands);
  }

  public synchronized int restores() {
    return restores;
  }

  public synchronized void refuse(String command) {
    refused = command;
  }
}
