/// Tests of the previews; they know the reader of documents, nothing of the running cluster.
@NullMarked
package dev.quorate.resource.core.preview;

import org.jspecify.annotations.NullMarked;
