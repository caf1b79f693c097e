package dev.quorate.agents.linux;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;

/// The processes of one program that work in one directory.
///
/// Every process of a PostgreSQL instance, the orphans of a dead postmaster included, has the data
/// directory as its working directory: no such process, no instance. A zombie has neither and
/// counts as dead.
///
/// @param directory their working directory
/// @param programs the file names of their program
public record DirectoryProcesses(Path directory, List<String> programs) {
  private static final int SIGKILL = 9;
  private static final Duration PAUSE = Duration.ofMillis(2);

  /// Copies the list.
  public DirectoryProcesses {
    programs = List.copyOf(programs);
  }

  /// The processes that are there now. No directory, no process; but a directory that cannot be
  /// looked at proves nothing.
  ///
  /// @throws UncheckedIOException if nobody can tell
  public SortedSet<Long> find() {
    SortedSet<Long> found = new TreeSet<>();
    Object key;
    try {
      key = Files.readAttributes(directory, BasicFileAttributes.class).fileKey();
    } catch (NoSuchFileException e) {
      return found;
    } catch (IOException e) {
      throw new UncheckedIOException("it cannot be seen who works in " + directory, e);
    }
    try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path process : all) {
        if (works(process, key)) {
          found.add(Long.parseLong(process.getFileName().toString()));
        }
      }
    } catch (AccessDeniedException e) {
      throw new UncheckedIOException(
          "it cannot be seen what %s is: the daemon needs the capability CAP_SYS_PTRACE"
              .formatted(e.getFile()),
          e);
    } catch (IOException e) {
      throw new UncheckedIOException("/proc cannot be read", e);
    }
    return found;
  }

  /// Whether a process is one of them.
  ///
  /// @param pid any process
  public boolean contains(long pid) {
    try {
      Object key = Files.readAttributes(directory, BasicFileAttributes.class).fileKey();
      return works(Path.of("/proc/" + pid), key);
    } catch (IOException e) {
      return false;
    }
  }

  /// Kills them all and looks again, until none is left.
  ///
  /// @param within how long to try
  /// @return who is still there
  public SortedSet<Long> killAll(Duration within) {
    long end = System.nanoTime() + within.toNanos();
    SortedSet<Long> left = find();
    while (!left.isEmpty() && System.nanoTime() < end) {
      left.forEach(pid -> signal(pid, SIGKILL));
      LockSupport.parkNanos(PAUSE.toNanos());
      left = find();
    }
    return left;
  }

  /// Looks until none is left.
  ///
  /// @param within how long to wait
  /// @return who is still there
  public SortedSet<Long> awaitNone(Duration within) {
    long end = System.nanoTime() + within.toNanos();
    SortedSet<Long> left = find();
    while (!left.isEmpty() && System.nanoTime() < end) {
      LockSupport.parkNanos(PAUSE.toNanos());
      left = find();
    }
    return left;
  }

  /// Sends a signal to one of them; the handle keeps the number from meaning another process
  /// between the look and the signal.
  ///
  /// @param pid one of the processes
  /// @param number of the signal
  /// @return whether it was sent
  public boolean signal(long pid, int number) {
    int handle = LinuxCalls.openProcess(pid);
    if (handle < 0) {
      return false;
    }
    try {
      Object key = Files.readAttributes(directory, BasicFileAttributes.class).fileKey();
      return works(Path.of("/proc/" + pid), key) && LinuxCalls.signal(handle, number) == 0;
    } catch (IOException e) {
      // The directory is gone, or cannot be looked at: find() says which.
      return false;
    } finally {
      LinuxCalls.close(handle);
    }
  }

  /// A process that has ended meanwhile works nowhere. Of one that may not be looked at only its
  /// name is known: if it is the program's, it may be one of them.
  private boolean works(Path process, Object directoryKey) throws AccessDeniedException {
    try {
      Path exe = Files.readSymbolicLink(process.resolve("exe")).getFileName();
      if (exe == null || !programs.contains(exe.toString().replace(" (deleted)", ""))) {
        return false;
      }
      Object key =
          Files.readAttributes(process.resolve("cwd"), BasicFileAttributes.class).fileKey();
      return Objects.equals(key, directoryKey);
    } catch (AccessDeniedException e) {
      if (programs.contains(name(process))) {
        throw e;
      }
      return false;
    } catch (IOException e) {
      return false;
    }
  }

  private static String name(Path process) {
    try {
      return Files.readString(process.resolve("comm")).strip();
    } catch (IOException e) {
      return ""; // it has ended
    }
  }
}
