// Package wire reads JSON answers into the public types of a vendor's package, and turns its
// request types into the fields of a JSON object. A tag on a field names it as the API does, so
// that no second type is needed:
//
//	ID        int64            `wire:"id,positive"`
//	LoginName string           `wire:"username|login_name,required,strict"`
//	Hostname  string           `wire:"meta.hostname"`
//	Disabled  bool             `wire:"is_disabled|!is_enabled"`
//	More      map[string]provider.Payload `wire:",extra"`
//
// If dialects or sources differ, "|" separates names that are tried in order: the first with a
// non-zero value counts. A list or map without elements is no value either; it remains only if no
// later name has a value. A dot leads into an object of the answer, and "!" reads a flag with the
// opposite meaning. After a comma:
//
//	required  an answer without it cannot be understood; a request without it is refused
//	positive  the same for an identifier: it must be above 0. It is required even
//	          if Partial requires nothing else
//	identity  the ID that tells the record from others of its kind, which rest.Call.About.ID is
//	          compared with
//	name      the same for its unique name and rest.Call.About.Name; a second one is another
//	          spelling of the name
//	holder    an answer without the object that a dotted name leads into cannot be understood
//	strict    a text, which no other type can replace; a list or map, which false, "" and {} (for a
//	          list) cannot replace, so that it proves what is not in it
//	commas    a list of texts, or one text with commas
//	loose     a value of another type is ignored, since sources show several types
//	limit     a number below 0, "unlimited" and "∞" are -1, no limit; null, "" and false tell none
//	set       a bool: whether there is any value
//	extra     a map of all fields that no other field has; the name, if there is one,
//	          leads into the object that contains them
//	due       a request without it is refused
//	always    in requests, sent even if it is zero
//	date      in requests, sent without the time of day
//	end       a time at which something ends: a date without a time is the last second of that day
//	unread    a flag that is set if the value is no time that can be read, and does not say "none"
//
// Servers spell the same value in several ways, and all of them are read: a number as a text and a
// text as a number, flags as 0 and 1, times in several forms (scalars.go), an empty list
// instead of an object and the reverse, a list as an object with numbers as names, one object
// instead of a list of one and the reverse. null is the zero value. A pointer to a number is nil where
// none is told: null, "" or false.
//
// Bytes that are not UTF-8, such as Latin-1, become U+FFFD, which shows that something is missing. In
// what identifies a thing, in fields that are required or strict, and in secrets they are an error:
// two names must not become one, nor a password another.
//
// Names match exactly or, if the exact one does not occur, without regard to the case of ASCII
// letters. If a name occurs exactly and in another case, in whatever order, only the exact one is
// read, even if it is null; the other is an extra field. For a required, positive, strict or identifying field
// that is an error, and also for an object that contains one by a dotted name: the value identifies
// what the answer is about. It is always an error if the exact name occurs twice, or if it does not
// occur and two others match. Names that belong to no field, and those of a map, may occur twice:
// the last one counts.
//
// An embedded struct reads and writes the same object. Fields without a tag are ignored.
package wire
