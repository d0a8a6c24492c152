package main

import (
	"errors"
	"iter"

	"github.com/provkit/provkit/provider/fleet"
)

// collect passes on every report as it comes and keeps none. Problems with an account or a server
// are part of the result; an error means that the run has ended.
func collect(reports iter.Seq2[*fleet.AccountUsage, error], rows *table, sums *summary) error {
	for report, err := range reports {
		var server *fleet.ServerError
		var written error
		switch {
		case report != nil && err != nil:
			sums.accountFailed(report, err)
			written = rows.failure(report.Server, sums.kind(report.Server), report.AccountID, report.Username, err)
		case report != nil:
			sums.add(report)
			written = rows.report(report, sums.kind(report.Server))
		case errors.As(err, &server):
			sums.serverFailed(server)
			written = rows.failure(server.Server, sums.kind(server.Server), "", "", server.Err)
		default:
			return err
		}
		if written != nil {
			return written
		}
	}
	return rows.flush()
}
