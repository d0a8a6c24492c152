// Package hestia is a client for the HTTP API of the Hestia Control Panel, and an adapter that
// implements the portable contract of package provider for it.
//
//	client, err := hestia.New("https://panel.example.com:8083",
//		hestia.AccessKey(os.Getenv("HESTIA_ACCESS_KEY"), provider.NewSecret(os.Getenv("HESTIA_SECRET_KEY"))))
//	err = client.Users.Add(ctx, "alice", password, "alice@example.com",
//		&hestia.UserAddOptions{Package: "default"})
//	p := hestia.NewProvider(client) // the same panel as a provider.Provider
//
// # Names
//
// The API runs the panel's commands by name. Each command has one method, whose comment names the
// command. The service is the command's group; the method is the verb and the words of the object,
// without the service's own word (user, package, web, domain after web, sys, ...). A command that
// lists one thing is Get, one that lists many is List. So v-add-user is Users.Add, v-list-user
// Users.Get, v-list-users Users.List, v-change-user-password Users.ChangePassword,
// v-add-web-domain-alias Web.AddDomainAlias, v-list-sys-info System.GetInfo.
//
// Required arguments are parameters in the command's order. If there are more than four, or if
// several of one type could be confused, they are fields of a request. Optional arguments are
// fields of an options struct: nil and zero fields leave them to the panel. A field is a pointer if
// its zero value has a meaning of its own. The client fills the gaps between optional arguments so
// that none of them shifts.
//
// # Engines
//
// The panel has two engines behind one address. The engine for access keys returns the exit code of
// each command in a header. The engine for API keys and passwords does not: the client asks it for
// the bare code if a command prints nothing (see WithReturnCodes), and recognises failures of all
// other commands by their text. Prefer access keys.
//
// # Results
//
// Exit code 0 is success, whatever the command printed; warnings go to the log. Code 20
// (ExitRestart) means that the change was stored but a service did not restart; it matches
// provider.ErrOutcomeUnknown, so read the object to see what happened. ExitSuspended and
// ExitUnsuspended both match provider.ErrConflict; use errors.Is with them to distinguish the two.
//
// Changes are sent one after the other, since the panel does not lock its files. Another client and
// the panel's own users can still interfere. A command that has timed out keeps running on the
// server.
//
// Lists are read row by row, while the caller goes through them. A row that cannot be read comes with what could be
// read of it, beside an error that names the row and its first unreadable field; the rows after it follow. An error
// without a row is that of the whole list.
//
// # Arguments
//
// The panel trims arguments, cuts passwords at line breaks, and takes passwords that begin with
// /tmp/ for names of files. The client refuses what would arrive altered before anything is sent,
// and names the argument.
package hestia
