package dev.quorate.daemon.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/// Where a handler writes its answer: at once, or piece by piece.
public final class HttpReply {
  private final OutputStream out;
  private boolean begun;

  HttpReply(OutputStream out) {
    this.out = out;
  }

  /// A complete answer.
  public void send(int status, String type, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    begun = true;
    head(status, type, "Content-Length: " + bytes.length);
    out.write(bytes);
    out.flush();
  }

  /// A piece of an answer whose length is not known.
  public synchronized void piece(String text) throws IOException {
    if (!begun) {
      begun = true;
      head(200, "application/x-ndjson", "Transfer-Encoding: chunked");
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.write((Integer.toHexString(bytes.length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
    out.write(bytes);
    out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }

  /// After the last piece.
  public void end() throws IOException {
    out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }

  boolean begun() {
    return begun;
  }

  private void head(int status, String type, String length) throws IOException {
    String head =
        "HTTP/1.1 "
            + status
            + (status < 300 ? " OK" : " Error")
            + "\r\nContent-Type: "
            + type
            + "\r\n"
            + length
            + "\r\n\r\n";
    out.write(head.getBytes(StandardCharsets.US_ASCII));
  }
}
