/// The cluster as one document, in XML: read with suspicion, written in one canonical way.
///
/// It knows the words of Pacemaker's documents and what they are called in
/// [dev.quorate.resource.cib]. It must not know what a scheduler makes of them, nor files, sockets,
/// clocks or logs.
@NullMarked
package dev.quorate.resource.cib.xml;

import org.jspecify.annotations.NullMarked;
