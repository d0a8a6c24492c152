// Package hestia is a client for the HTTP API of the Hestia Control Panel, and puts a
// panel behind the portable contract of package provider.
//
//	client, err := hestia.New("https://panel.example.com:8083",
//		hestia.AccessKey(os.Getenv("HESTIA_ACCESS_KEY"), provider.Secret(os.Getenv("HESTIA_SECRET_KEY"))))
//	err = client.Users.Add(ctx, "alice", password, "alice@example.com",
//		&hestia.UserAddOptions{Package: "default"})
//	p := hestia.NewProvider(client) // the same panel as a provider.Provider
//
// # Names
//
// The API runs the panel's commands by name. Each has one method, whose comment
// names it. The rule: the service is the command's group; the method is the verb and
// the words of the object, without the service's own word (user, package, web,
// domain after web, sys, ...). A listing of one thing is Get, of many List. So
// v-add-user is Users.Add, v-list-user Users.Get, v-list-users Users.List,
// v-change-user-password Users.ChangePassword, v-add-web-domain-alias
// Web.AddDomainAlias, v-list-sys-info System.GetInfo.
//
// Required arguments are parameters in the command's order; beyond four of them, and
// where several of one type would be confused, they are fields of a request.
// Optional ones are fields of an options struct: nil, and zero fields, leave them to
// the panel. A pointer says that the zero value can be meant. What a gap between
// them must hold so that nothing shifts, the client knows.
//
// # Engines
//
// The panel has two engines behind one address. That for access keys tells the exit
// code of each command in a header. That for API keys and passwords does not: the
// client asks it for the bare code where a command prints nothing (see
// WithReturnCodes), and recognises failures of the others by their text. Prefer
// access keys.
//
// # Results
//
// Exit code 0 is done, whatever the command printed: a warning then goes to the log.
// Code 20 (ExitRestart) means that the change was stored and a service did not take
// it up; it matches provider.ErrOutcomeUnknown, and looking tells. ExitSuspended and
// ExitUnsuspended tell apart what both match provider.ErrConflict.
//
// Changes are sent one after the other, since the panel does not lock its files.
// Another client, and the panel's own users, can still interfere. A command that has
// timed out keeps running.
//
// # Arguments
//
// The panel trims arguments, cuts passwords at line breaks, and takes passwords that
// begin with /tmp/ for names of files. What would arrive altered is refused before
// anything is sent, with the argument named.
package hestia
