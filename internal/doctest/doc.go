// Package doctest holds the documentation against the module: every Go block compiles,
// every program prints what stands below it, every name, relative link, anchor and file
// is there, and every command names packages and tests that exist. It reads the pages and
// the doc comments of what packages export. It has tests only.
//
// # What a Go block may be
//
// A Go block is one of three things:
//
//   - A program or a file, if it begins with "package". It is taken as it is, and must
//     have its imports and no unused variable. A program (package main) is also run, from
//     a module outside of this one.
//   - Declarations, if it begins with "func" or "import".
//   - A fragment otherwise: the inside of a function that returns an error. What packages
//     it names are imported for it, and it may leave variables unused.
//
// A fragment finds these variables declared, and may declare them itself instead:
//
//	ctx context.Context, p provider.Provider, order *provider.CreateRequest,
//	apiKey provider.Secret, password provider.Secret, id string, servers *fleet.Fleet
//
// In a page, others are declared in a comment right above the fence, in the form of
// parameters:
//
//	<!-- go: client *keyhelp.Client, overdue []bulk.Target -->
//
// A doc comment of a package with a Client finds a client of that type, and declares
// everything else itself. "..." stands for nothing: a reader should be able to copy it.
//
// Above the fence that holds what the program before it prints stands
//
//	<!-- output -->
//
// # What is a Go block
//
// In a page, a fence that says so. Every fence names its language, so that no code goes
// unseen. Indented blocks, the only ones of comments, have no room for it: they are JSON
// if they are valid JSON, commands if every line begins with "$ " or "go run " and the
// like, and Go otherwise. So a block that is nothing else fails unless it compiles.
//
// # What is a name
//
// A word in prose is looked up if it can hardly be anything else than one of our names:
//
//   - pkg.Name, where pkg is a package of this module;
//   - Type.Member and Service.Method, if there is such a type or field of a Client, and
//     client.Service.Method;
//   - words that begin with With or Err and go on with a capital;
//   - in comments, camelCase words that the package declares and does not export, unless
//     a function of the file has such a parameter;
//   - in backquotes also every other Type.Member, and words with a capital first and
//     small letters;
//   - in brackets what go doc takes for a link, and what looks like one.
//
// Names without a package are looked for everywhere; in a vendor's page and comments only
// with this vendor and the contract. CHANGELOG.md is left out, since it tells of what is
// gone.
package doctest
