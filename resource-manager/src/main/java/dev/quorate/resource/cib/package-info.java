/// A cluster as one document, in the words of Pacemaker's Cluster Information Base (CIB): what is
/// configured and what was seen of it.
///
/// These are values. Reading text into them and writing them out is
/// [dev.quorate.resource.cib.xml]'s business, deciding from them that of
/// `dev.quorate.resource.core.scheduling`.
@NullMarked
package dev.quorate.resource.cib;

import org.jspecify.annotations.NullMarked;
