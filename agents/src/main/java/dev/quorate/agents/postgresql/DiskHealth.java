package dev.quorate.agents.postgresql;

import dev.quorate.agents.NodeAttributes;
import dev.quorate.agents.core.postgresql.DiskSpace.Colour;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Makes the space on the disks of the data and of the WAL a part of the node's health: a transient
/// attribute whose name begins with `#health`, which `node-health-strategy` makes something of.
/// While enough is free there is none; a disk that cannot be asked is red.
final class DiskHealth {
  private static final double GIB = 1 << 30;

  private final LocalPostgres local;
  private final NodeAttributes attributes;

  /// Kept, since a file store is found by reading the table of mounts; it asks by its path each
  /// time.
  private final Map<Path, FileStore> disks = new HashMap<>();

  private Colour colour = Colour.GREEN;

  DiskHealth(LocalPostgres local) {
    this.local = local;
    this.attributes = new NodeAttributes(local.context);
  }

  private String attribute() {
    return "#health-disk-" + local.context.resource().id();
  }

  private String detail() {
    return "disk-" + local.context.resource().id();
  }

  private FileStore disk(Path place) throws IOException {
    FileStore known = disks.get(place);
    if (known == null) {
      known = Files.getFileStore(place);
      disks.put(place, known);
    }
    return known;
  }

  /// Looks, and says so if it is not what is known.
  void look() {
    Colour worst = Colour.GREEN;
    String why = "";
    Path data = local.parameters.dataDirectory();
    for (Path place : List.of(data, data.resolve("pg_wal"))) {
      try {
        FileStore disk = disk(place);
        long free = disk.getUsableSpace();
        Colour found = local.parameters.diskSpace().of(colour, free, disk.getTotalSpace());
        if (found.compareTo(worst) > 0) {
          worst = found;
          why =
              String.format(
                  Locale.ROOT,
                  "%.1f of %.1f GiB free at %s",
                  free / GIB,
                  disk.getTotalSpace() / GIB,
                  place);
        }
      } catch (IOException e) {
        // Where nothing is, there is no database yet.
        if (!(e instanceof NoSuchFileException)) {
          worst = Colour.RED;
          why = "%s cannot be read: %s".formatted(place, e.getMessage());
        }
      }
    }
    colour = worst;
    String wanted = worst == Colour.GREEN ? "" : worst.word();
    if (attributes.say(local.state, attribute(), wanted)) {
      attributes.say(local.state, detail(), why);
    }
  }
}
