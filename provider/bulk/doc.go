// Package bulk runs one verb over many accounts on many servers: a bounded number
// at once, each result as it comes, failures beside successes, and after a kill the
// rest.
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
// A wrong list must not empty a server. Before the first call the job counts, on
// every server it touches, how many accounts it would take out of service, and
// refuses as a whole (ErrSafetyStop) if that is more than Job.MaxShare of the
// accounts there, 30 % unless it is told otherwise.
//
// # Resuming
//
// A Log remembers what is done. The same job with the same log does the rest; what
// failed is tried again. Should the program die between a change and its line in the
// log, the change is asked for once more, which all verbs of package provider take
// for "already".
package bulk
