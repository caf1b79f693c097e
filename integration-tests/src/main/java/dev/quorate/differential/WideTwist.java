package dev.quorate.differential;

import java.util.function.Consumer;

/// One kind of thing that is done to a document.
///
/// @param change finds itself a place, or does nothing if there is none
record WideTwist(String name, Consumer<WideDocument> change) {}
