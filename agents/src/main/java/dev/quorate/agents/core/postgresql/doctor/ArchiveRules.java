package dev.quorate.agents.core.postgresql.doctor;

import dev.quorate.agents.Finding;
import dev.quorate.agents.core.postgresql.doctor.HostSurvey.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/// Whether archived WAL goes somewhere and can be found again; and where the server's log is.
final class ArchiveRules {
  private ArchiveRules() {}

  static List<Finding> findings(ServerSurvey server, HostSurvey host) {
    List<Finding> findings = new ArrayList<>();
    String archive = server.setting("archive_command");
    boolean archives = !server.setting("archive_mode").equals("off");
    boolean library = !server.setting("archive_library").isEmpty();
    if (archives && !library && (archive.isEmpty() || archive.equals("(disabled)"))) {
      findings.add(
          Finding.error(
              "archive_command",
              "archive_mode is on and there is no command: WAL is kept until the disk is full",
              "set archive_command, or archive_mode = off and restart"));
    }
    if (archives && !library) {
      command("archive_command", archive, host, findings);
    }
    String restore = server.setting("restore_command");
    command("restore_command", restore, host, findings);
    mismatch(archives ? archive : "", restore, findings);
    server
        .archiver()
        .filter(a -> archives && a.failing())
        .ifPresent(a ->
            findings.add(
                Finding.error(
                    "archive_command",
                    "it fails, last for "
                        + a.file()
                        + " ("
                        + a.failures()
                        + " failures): WAL piles up, and an orderly stop waits for it",
                    "see the server's log for its words; run it by hand as the server's user")));
    log(server, host, findings);
    return findings;
  }

  private static void command(
      String name, String command, HostSurvey host, List<Finding> findings) {
    for (String program : CommandPaths.programs(command)) {
      if (host.paths().getOrDefault(program, Place.ABSENT) != Place.PROGRAM) {
        findings.add(
            Finding.error(
                name,
                "its program " + program + " is not there or cannot be executed",
                "install it on every node: any of them may be primary"));
      }
    }
    for (String directory : CommandPaths.directories(command)) {
      switch (host.paths().getOrDefault(directory, Place.ABSENT)) {
        case ABSENT, FILE, PROGRAM ->
            findings.add(
                Finding.error(
                    name,
                    "its directory " + directory + " is not there",
                    "make it on every node, or correct the path"));
        case PUBLIC_DIRECTORY ->
            findings.add(
                Finding.warning(
                    name,
                    "everybody on this machine may read " + directory + ", and WAL holds all data",
                    "chmod o-rwx " + directory));
        case PRIVATE_DIRECTORY -> {}
      }
    }
  }

  private static void mismatch(String archive, String restore, List<Finding> findings) {
    SortedSet<String> written = CommandPaths.directories(archive);
    SortedSet<String> read = new TreeSet<>(CommandPaths.directories(restore));
    read.removeAll(written);
    if (!written.isEmpty() && !read.isEmpty()) {
      findings.add(
          Finding.warning(
              "restore_command",
              "it reads from "
                  + String.join(", ", read)
                  + ", archive_command writes to "
                  + String.join(", ", written),
              "use the same directory in both, unless something carries the files over"));
    }
  }

  private static void log(ServerSurvey server, HostSurvey host, List<Finding> findings) {
    String directory = server.setting("log_directory");
    boolean inside = !directory.startsWith("/") || directory.startsWith(host.dataDirectory() + "/");
    if (server.on("logging_collector") && inside && !directory.isEmpty()) {
      findings.add(
          Finding.hint(
              "log_directory",
              "the server's log lies within the data, so that it fills the same disk and is copied"
                  + " to standbys",
              "set log_directory to a place outside, as /var/log/postgresql, and reload"));
    }
  }
}
