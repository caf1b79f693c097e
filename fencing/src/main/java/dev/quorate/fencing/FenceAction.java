package dev.quorate.fencing;

import java.util.Locale;

/// What a fence agent can be asked to do.
public enum FenceAction {
  /// Cut the target off and keep it off.
  OFF,
  /// Cut the target off, then let it come back.
  REBOOT,
  /// Let the target come back.
  ON,
  /// Say whether the target is on (exit 0) or off (exit 2).
  STATUS,
  /// Say whether the device itself answers.
  MONITOR;

  /// The word that fence agents use, which is also the one inside `pcmk_<action>_timeout`.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
