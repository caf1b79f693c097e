package dev.quorate.fencing;

import java.util.Locale;

/// Why a target is believed to be off. An election accepts the levels that its policy allows.
public enum ProofLevel {
  /// A device cut the target off and, asked again, said that it is off.
  DEVICE_VERIFIED,
  /// A hardware watchdog that was committed as armed must have fired by now.
  WATCHDOG,
  /// The target was seen with a newer boot id: the boot in question has ended.
  NEW_BOOT,
  /// An operator swore that the target is off.
  OPERATOR_OATH;

  /// As it is recorded: `operator-oath`.
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
