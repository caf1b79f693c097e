package dev.quorate.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/// A power switch for tests that is a file for each node: while `on-n1` is there, n1 is on.
final class FileSwitch {
  private FileSwitch() {}

  /// Puts the fence agent `fence_files` there.
  static void install(Path directory) throws IOException {
    Path agent = directory.resolve("fence_files");
    Files.writeString(
        agent,
        """
        #!/bin/sh
        # on and off are files; broken makes the switch fail
        cd %s || exit 1
        while IFS='=' read -r name value; do
          case $name in action) action=$value ;; port) port=$value ;; esac
        done
        [ -e broken ] && exit 1
        case $action in
          off) rm -f "on-$port"; echo off >> "said-$port" ;;
          on) echo on >> "said-$port" ;;
          status) [ -e "on-$port" ] && exit 0; exit 2 ;;
          metadata) echo '<resource-agent name="fence_files"><parameters><parameter name="port"/></parameters></resource-agent>' ;;
        esac
        exit 0
        """
            .formatted(directory));
    Files.setPosixFilePermissions(agent, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
