package dev.quorate.resource.core.digest;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/// The fingerprints that Pacemaker keeps with an operation's result, to know later whether the
/// parameters have changed: MD5, in lower-case hexadecimal, of the element ` <parameters a="…"
/// b="…"/>`, with the blank before it and a newline after it, in UTF-8. The attributes are ordered
/// by name. Within a value `&`, `<`, `>` and `"` are named entities, and control characters are
/// written by two hexadecimal digits (`&#x0A;`); an apostrophe stays.
///
/// **`op-digest`** is over the parameters that hold on the node: the resource's own, its template's
/// and its ancestors' instance attributes, overruled by those that the configured operation itself
/// has. Names without a value do not count, empty values do. For a recurring operation [#TIMEOUT]
/// in milliseconds is one more of them; for others it is not, and no other name that begins with
/// [#META_PREFIX] ever is. Promotions, one-time monitors and arrivals of a migration are compared
/// with what a *start* would get.
///
/// **`op-restart-digest`** is over those, and only those, that `op-force-restart` lists between
/// blanks. The timeout is never one of them. A list of nothing: over nothing.
///
/// **`op-secure-digest`** is over the resource's parameters (without the operation's own) but those
/// that `op-secure-params` lists and, for a fence device, those that begin with `pcmk_`. For a
/// recurring operation the timeout is one of them if the feature set that wrote it is 3.15 or
/// later. Where parameters in a configuration were blanked, equality of this one says that nothing
/// else changed.
///
/// What does not match although the configuration looks unchanged: digests of recurring operations
/// by feature sets up to 2.0 often lack the timeout. They count as changed, there as here.
public final class OperationDigest {
  /// The name under which a recurring operation's timeout in milliseconds is a parameter.
  public static final String TIMEOUT = "CRM_meta_timeout";

  /// How the names begin that say how an operation is done, not with what.
  public static final String META_PREFIX = "CRM_meta_";

  private static final String FENCE_PREFIX = "pcmk_";

  private OperationDigest() {}

  /// The digest of what an operation gets.
  ///
  /// @param parameters naturally ordered; [#TIMEOUT] counts if it is there
  public static String of(SortedMap<String, String> parameters) {
    return digest(parameters, name -> true);
  }

  /// The digest of what an operation gets.
  ///
  /// @param parameters naturally ordered
  /// @param timeoutMillis of a recurring operation; empty for others
  public static String of(SortedMap<String, String> parameters, OptionalLong timeoutMillis) {
    return of(withTimeout(parameters, timeoutMillis));
  }

  /// The digest of the parameters whose change takes a restart.
  ///
  /// @param forceRestart their names, between blanks
  public static String restart(SortedMap<String, String> parameters, String forceRestart) {
    SortedSet<String> listed = names(forceRestart);
    return digest(parameters, name -> listed.contains(name) && !name.startsWith(META_PREFIX));
  }

  /// The digest of the parameters that are no secrets.
  ///
  /// @param parameters of the resource, without those of the operation itself
  /// @param secureParameters the names of the secret ones, between blanks
  /// @param fenceDevice whether the resource is one
  /// @param timeoutMillis of a recurring operation; empty for others
  /// @param featureSet of the entry that the digest is compared with, such as `3.17.4`
  public static String secure(
      SortedMap<String, String> parameters,
      String secureParameters,
      boolean fenceDevice,
      OptionalLong timeoutMillis,
      String featureSet) {
    SortedSet<String> secret = names(secureParameters);
    boolean timed = countsTimeout(featureSet);
    return digest(
        withTimeout(parameters, timeoutMillis),
        name ->
            !secret.contains(name)
                && !(fenceDevice && name.startsWith(FENCE_PREFIX))
                && (timed || !name.equals(TIMEOUT)));
  }

  private static SortedMap<String, String> withTimeout(
      SortedMap<String, String> parameters, OptionalLong timeoutMillis) {
    if (timeoutMillis.isEmpty()) {
      return parameters;
    }
    SortedMap<String, String> all = new TreeMap<>(parameters);
    all.put(TIMEOUT, Long.toString(timeoutMillis.getAsLong()));
    return all;
  }

  private static SortedSet<String> names(String list) {
    SortedSet<String> names = new TreeSet<>(Arrays.asList(list.strip().split("\\s+")));
    names.remove("");
    return names;
  }

  private static boolean countsTimeout(String featureSet) {
    String[] parts = featureSet.split("\\.", -1);
    try {
      int major = Integer.parseInt(parts[0]);
      return major > 3 || (major == 3 && parts.length > 1 && Integer.parseInt(parts[1]) >= 15);
    } catch (NumberFormatException e) {
      return true;
    }
  }

  private static String digest(SortedMap<String, String> parameters, Predicate<String> counts) {
    StringBuilder xml = new StringBuilder(" <parameters");
    for (Map.Entry<String, String> parameter : parameters.entrySet()) {
      String name = parameter.getKey();
      if (counts.test(name) && (!name.startsWith(META_PREFIX) || name.equals(TIMEOUT))) {
        xml.append(' ').append(name).append("=\"");
        escape(parameter.getValue(), xml);
        xml.append('"');
      }
    }
    return md5(xml.append("/>\n").toString());
  }

  private static void escape(String value, StringBuilder xml) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '&' -> xml.append("&amp;");
        case '<' -> xml.append("&lt;");
        case '>' -> xml.append("&gt;");
        case '"' -> xml.append("&quot;");
        default -> {
          if (c < ' ' || c == 0x7f) {
            xml.append(String.format(Locale.ROOT, "&#x%02X;", (int) c));
          } else {
            xml.append(c);
          }
        }
      }
    }
  }

  private static String md5(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("MD5").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has MD5", e);
    }
  }
}
