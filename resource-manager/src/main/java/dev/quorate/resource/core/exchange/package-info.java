/// The live cluster as a document in Pacemaker's form, and such a document as changes to the live
/// cluster. It must not know files, sockets or the text of XML, nor what an agent does.
@NullMarked
package dev.quorate.resource.core.exchange;

import org.jspecify.annotations.NullMarked;
