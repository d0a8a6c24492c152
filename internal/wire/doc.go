// Package wire reads JSON answers into the public types of a vendor's package, and turns
// its request types into the fields of a JSON object. A tag on a field names it as the API
// does, so that no second type has to stand between the two:
//
//	ID        int64            `wire:"id,positive"`
//	LoginName string           `wire:"username|login_name,required,strict"`
//	Hostname  string           `wire:"meta.hostname"`
//	Disabled  bool             `wire:"is_disabled|!is_enabled"`
//	More      map[string]provider.Payload `wire:",extra"`
//
// Where dialects or sources differ, "|" separates the names that are tried in their order:
// the first that has a value other than zero counts. A dot leads into an object of the
// answer, and "!" reads a flag that says the reverse. Behind a comma:
//
//	required  an answer without it cannot be understood; a request without it is refused
//	positive  the same for an identifier: it must be above 0. It is also required where
//	          Partial lets everything else go
//	holder    an answer without the object that a dotted name leads into cannot be understood
//	strict    a text, which nothing else can stand for
//	commas    a list of texts, also as one text with commas
//	loose     a value of another type is passed over, where sources show several
//	set       a bool: whether there is any value
//	extra     a map of all fields that no other field stands for; the name, if there is one,
//	          leads into the object of which they are
//	due       a request without it is refused
//	always    in requests, sent also when it is zero
//	date      in requests, sent without the time of day
//
// Servers spell the same value in several ways, and all of them are read: a number as a
// text and a text as a number, flags as 0 and 1, times as package lenient has them, an
// empty list where an object is due and the reverse, a list as an object with numbers for
// names, one object in place of a list of one and the reverse. null is the zero value.
// Names match exactly or, where there is no exact match, without regard to case; the same
// name twice in one object is an error, since nobody could say which of the values counts.
//
// An embedded struct reads and writes the same object. Fields without a tag are left alone.
package wire
