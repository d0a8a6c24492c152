package riverprovider

import (
	"context"
	"fmt"
)

// Recover lets the jobs go on at once that were under way when the program was killed, for which River would
// wait until RescueStuckJobsAfter. Call it before the client starts, and only in the one program of a
// database, such as a SQLite file: the jobs of another program that runs would be done twice at once.
func (q *Queue) Recover(ctx context.Context) error {
	// Attempts that a kill has ended do not count.
	_, err := q.db.ExecContext(ctx, "UPDATE river_job SET state = 'available', attempt = CASE WHEN attempt > 0 THEN attempt - 1 ELSE 0 END "+
		"WHERE state = 'running' AND kind IN ($1, $2, $3)", intentArgs{}.Kind(), sweepArgs{}.Kind(), periodicArgs{}.Kind())
	if err != nil {
		return fmt.Errorf("riverprovider: recover the jobs of a program that was killed: %w", err)
	}
	return nil
}
