package dev.quorate.vip.linux;

/// The kernel refused a call.
final class SystemCallException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private static final int EPERM = 1;
  private static final int EACCES = 13;

  private final int errno;

  SystemCallException(String what, int errno) {
    super(what + ": " + describe(errno));
    this.errno = errno;
  }

  int errno() {
    return errno;
  }

  private static String describe(int errno) {
    return switch (errno) {
      case EPERM, EACCES -> "not permitted; the daemon needs CAP_NET_ADMIN and CAP_NET_RAW";
      case 6, 19 -> "no such interface (errno " + errno + ")";
      case 17 -> "it exists already";
      case 34 -> "a name or number is out of range";
      case 99 -> "the address is not there";
      case 100 -> "the interface is down";
      default -> "errno " + errno;
    };
  }
}
