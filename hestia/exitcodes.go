package hestia

import (
	"strconv"

	"github.com/provkit/provkit/provider"
)

// ExitCode is the exit code of a command of the panel. It is an error, so that errors.Is can
// distinguish codes that match the same portable error, and errors.As into an ExitCode returns the
// number:
//
//	err := client.Users.Suspend(ctx, "alice", nil)
//	if errors.Is(err, hestia.ExitSuspended) {
//		fmt.Println("alice is suspended already")
//	}
type ExitCode int

// The documented codes, and others that were observed.
const (
	ExitOK            ExitCode = 0   // OK: done
	ExitArgs          ExitCode = 1   // E_ARGS: too few arguments, and the generic failure of many scripts
	ExitInvalid       ExitCode = 2   // E_INVALID: a value is not valid
	ExitNotExist      ExitCode = 3   // E_NOTEXIST: something that is named does not exist
	ExitExists        ExitCode = 4   // E_EXISTS: it exists already
	ExitSuspended     ExitCode = 5   // E_SUSPENDED: it, or what it belongs to, is suspended
	ExitUnsuspended   ExitCode = 6   // E_UNSUSPENDED: it is not suspended
	ExitInUse         ExitCode = 7   // E_INUSE: something else needs it
	ExitLimit         ExitCode = 8   // E_LIMIT: a limit of the package is reached
	ExitPassword      ExitCode = 9   // E_PASSWORD: a password or key is wrong
	ExitForbidden     ExitCode = 10  // E_FORBIDEN (the panel's spelling): not allowed
	ExitDisabled      ExitCode = 11  // E_DISABLED: the subsystem is off
	ExitParsing       ExitCode = 12  // E_PARSING: something cannot be parsed
	ExitDisk          ExitCode = 13  // E_DISK: the server's disk is full
	ExitLoad          ExitCode = 14  // E_LA: the server is too busy
	ExitConnect       ExitCode = 15  // E_CONNECT: the server cannot reach another one
	ExitFTP           ExitCode = 16  // E_FTP: the FTP server does not answer
	ExitDB            ExitCode = 17  // E_DB: the database server does not answer
	ExitRRD           ExitCode = 18  // E_RRD (documented as E_RDD): the monitoring data cannot be updated
	ExitUpdate        ExitCode = 19  // E_UPDATE: an update failed
	ExitRestart       ExitCode = 20  // E_RESTART: a service did not restart, often after the change was stored
	ExitAPIDisabled   ExitCode = 21  // E_API_DISABLED: access keys of ordinary users are off
	ExitBadRequest    ExitCode = 405 // the panel found no request in the body
	ExitNotStarted    ExitCode = -1  // the command could not be started
	exitNotExecutable ExitCode = 126 // the shell's own codes: found, but not executable,
	exitNotFound      ExitCode = 127 // or not found
)

// exitMeaning is what is known about a code.
type exitMeaning struct {
	name string
	kind error
	text string
	// after is set if the command may have changed something before it failed.
	after bool
}

var exitMeanings = map[ExitCode]exitMeaning{
	ExitOK:          {name: "OK", text: "done"},
	ExitArgs:        {name: "E_ARGS", kind: provider.ErrInvalid, text: "the command was refused or failed"},
	ExitInvalid:     {name: "E_INVALID", kind: provider.ErrInvalid, text: "a value is not valid"},
	ExitNotExist:    {name: "E_NOTEXIST", kind: provider.ErrNotFound, text: "it does not exist"},
	ExitExists:      {name: "E_EXISTS", kind: provider.ErrAlreadyExists, text: "it exists already"},
	ExitSuspended:   {name: "E_SUSPENDED", kind: provider.ErrConflict, text: "it is suspended"},
	ExitUnsuspended: {name: "E_UNSUSPENDED", kind: provider.ErrConflict, text: "it is not suspended"},
	ExitInUse:       {name: "E_INUSE", kind: provider.ErrInUse, text: "it is in use"},
	ExitLimit:       {name: "E_LIMIT", kind: provider.ErrQuota, text: "a limit of the package is reached"},
	ExitPassword:    {name: "E_PASSWORD", kind: provider.ErrUnauthorized, text: "wrong password or key"},
	ExitForbidden:   {name: "E_FORBIDEN", kind: provider.ErrForbidden, text: "not allowed"},
	ExitDisabled:    {name: "E_DISABLED", kind: provider.ErrUnsupported, text: "the subsystem is disabled"},
	ExitParsing:     {name: "E_PARSING", kind: provider.ErrUnavailable, text: "the server's configuration cannot be parsed"},
	ExitDisk:        {name: "E_DISK", kind: provider.ErrUnavailable, text: "the server's disk is full", after: true},
	ExitLoad:        {name: "E_LA", kind: provider.ErrUnavailable, text: "the server is too busy"},
	ExitConnect:     {name: "E_CONNECT", kind: provider.ErrUnavailable, text: "the server cannot reach another server that it needs"},
	ExitFTP:         {name: "E_FTP", kind: provider.ErrUnavailable, text: "the FTP server does not answer", after: true},
	ExitDB:          {name: "E_DB", kind: provider.ErrUnavailable, text: "the database server does not answer", after: true},
	ExitRRD:         {name: "E_RRD", kind: provider.ErrUnavailable, text: "the monitoring data cannot be updated", after: true},
	ExitUpdate:      {name: "E_UPDATE", kind: provider.ErrUnavailable, text: "the update failed", after: true},
	ExitRestart:     {name: "E_RESTART", kind: provider.ErrUnavailable, text: "a service did not restart", after: true},
	ExitAPIDisabled: {name: "E_API_DISABLED", kind: provider.ErrForbidden, text: "the access keys of ordinary users are switched off"},
	ExitBadRequest: {
		kind: provider.ErrProtocol,
		text: "the panel found no request in the body: does something on the way drop it?",
	},
	ExitNotStarted:    {kind: provider.ErrInvalid, text: "the command could not be started: its arguments are too long"},
	exitNotExecutable: {kind: provider.ErrUnavailable, text: "the command could not be started"},
	exitNotFound:      {kind: provider.ErrUnavailable, text: "the command could not be started"},
}

// String returns the documented name, "E_NOTEXIST", or "exit code" and the number.
func (c ExitCode) String() string {
	if name := exitMeanings[c].name; name != "" {
		return name
	}
	return "exit code " + strconv.Itoa(int(c))
}

// Error returns the name and what the code means.
func (c ExitCode) Error() string { return c.String() + ": " + c.meaning().text }

// label returns the code as errors show it: "3 E_NOTEXIST".
func (c ExitCode) label() string {
	label := strconv.Itoa(int(c))
	if name := exitMeanings[c].name; name != "" {
		label += " " + name
	}
	return label
}

func (c ExitCode) meaning() exitMeaning {
	if known, ok := exitMeanings[c]; ok {
		return known
	}
	// A tool that a script called ended the script with a code of its own.
	return exitMeaning{kind: provider.ErrUnavailable, text: "the command failed", after: true}
}
