// Package bulk runs one verb over many accounts on many servers: a limited number at once, each
// result as it comes, and, after the program was killed, only the rest. One account's failure does
// not stop the others.
//
//	log, err := bulk.OpenLog("suspend-2030-01.jsonl")
//	if err != nil {
//		return err
//	}
//	defer log.Close()
//	job := &bulk.Job{
//		Verb:    bulk.Suspend,
//		Targets: bulk.Targets([]bulk.Target{{Server: "web1", ID: "1207"}, {Server: "web2", ID: "alice"}}),
//		Open:    servers.Provider,
//		Log:     log,
//	}
//	for result, err := range job.Run(ctx) {
//		if err != nil {
//			return err // the job as a whole: a refusal, a broken list, a full disk
//		}
//		if result.Err != nil {
//			fmt.Println(result.Target, result.Err) // this account only
//		}
//	}
//
// # Safety stop
//
// A wrong list must not empty a server. Before the first call, the job counts how many accounts it
// would take out of service on each server, and refuses to begin (ErrSafetyStop) if that is more
// than Job.MaxShare of the server's accounts, 30 % by default.
//
// # Resuming
//
// A Log remembers what is done. The same job with the same log does the rest, and tries again what
// failed. If the program dies between a change and its line in the log, the next run makes the call
// once more, and the verbs of package provider answer "already".
package bulk
