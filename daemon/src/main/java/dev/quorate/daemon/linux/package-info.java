/// Makes the daemon run when it must: real-time threads and locked memory, through calls of the
/// kernel that Java has no class for. Knows nothing of clusters.
@NullMarked
package dev.quorate.daemon.linux;

import org.jspecify.annotations.NullMarked;
