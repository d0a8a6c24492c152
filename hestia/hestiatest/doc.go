// Package hestiatest emulates a Hestia control panel: a stateful server that answers its API
// through both engines, the one for access keys and the legacy one for API keys and the root user's
// password. Use it to test programs that use package hestia:
//
//	srv := hestiatest.NewServer()
//	defer srv.Close()
//	client, err := hestia.New(srv.URL, hestia.AccessKey(srv.AccessKey, provider.NewSecret(srv.SecretKey)))
//
// All 524 commands check their arguments as the panel does, with its exit codes and texts. The
// effect is modelled for users, packages, websites with certificates, DNS zones and records, mail,
// databases, cron jobs, backups and their restoring, the firewall, access keys, addresses, the configuration and the
// logs; see [Commands]. All others are refused with [NotModelled] and a text that names the emulator, never with a
// silent success.
//
// The tests compare the answers with 686 exchanges that were recorded on a running Hestia 1.10.3:
// replayed on the state that they presuppose, 678 of them are the same by value, in status, exit
// code, content type and body (except times, generated keys and the server's name). Seven answers
// of races, and the web server's answer while PHP is down, are left out. What differs:
//
//   - The pages of the web server (404, 500, 502) have the same status, type and title, but not the
//     same HTML.
//   - JSON is laid out with other white space in places; its keys, their order and its values are
//     the same.
//   - Tables for people (format "shell") are those of the panel for users, packages, websites and
//     the system's data; other lists print the fields of their plain format as a table.
//   - Commands run one at a time. What several at once do to the real panel's files is not
//     modelled.
//
// [Server.Inject] makes a command answer with a code or a text that the emulator never produces by
// itself, before or after its work; [Server.BreakWebServer], [Server.StopDatabase],
// [Server.IgnoreSuspension] and [Server.HideUsers] make the panel misbehave in ways that were
// observed; [Server.Faults] makes the network do so.
//
// Everything is deterministic: keys and passwords are the same in every run, and the clock can be
// replaced. Behaviour that no source documents is a choice of the emulator; those choices are
// collected in choices.go.
package hestiatest
