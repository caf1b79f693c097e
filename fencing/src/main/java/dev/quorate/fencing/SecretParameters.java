package dev.quorate.fencing;

import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/// Which parameters of a fence device are secret, and how to keep them out of texts.
public final class SecretParameters {
  private static final Pattern SECRET =
      Pattern.compile("passw|secret|token|community|access_key|auth_key|api_?key|private_key|pin$");
  private static final Pattern PLACE = Pattern.compile("_(script|file|path)$");
  private static final String MASK = "***";

  private SecretParameters() {}

  /// Whether the value of this parameter must never be shown. The place of a secret is none.
  public static boolean isSecret(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return SECRET.matcher(lower).find() && !PLACE.matcher(lower).find();
  }

  /// The parameters as `{name=value, …}` with secret values masked.
  public static String show(Map<String, String> parameters) {
    var text = new StringBuilder("{");
    parameters.forEach((name, value) ->
        text.append(text.length() > 1 ? ", " : "")
            .append(name)
            .append('=')
            .append(isSecret(name) ? MASK : value));
    return text.append('}').toString();
  }

  /// The text without the secret values of the device, wherever they appear in it.
  public static String mask(String text, FenceDevice device) {
    String masked = text;
    for (var parameter : device.parameters().entrySet()) {
      if (isSecret(parameter.getKey()) && !parameter.getValue().isBlank()) {
        masked = masked.replace(parameter.getValue(), MASK);
      }
    }
    return masked;
  }
}
