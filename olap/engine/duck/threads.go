package duck

import (
	"context"
	"fmt"
	"os"
	"runtime"

	"verso/olap/engine"
)

// perThread is how many bytes of a database file are worth a thread. Statements
// over less run no faster on several, and waking them costs processor time that
// others could use: the refresh of a company of two orders takes 2.9 s on one
// thread and 5.2 s on four. The tables of an empty warehouse take some 20 MB.
const perThread = 24 << 20

// ThreadsFor is how many threads a database of so many bytes is worth: one, and
// another for every further 24 MB, up to all cores.
func ThreadsFor(bytes int64) int {
	return int(min(max(1, bytes/perThread), int64(runtime.GOMAXPROCS(0))))
}

// threads is how many threads to use; 0 leaves it to DuckDB, which takes all.
func (o Options) threads() int {
	if o.Threads > 0 || o.Path == "" {
		return o.Threads
	}
	info, err := os.Stat(o.Path)
	if err != nil {
		return 0 // a new file, which may grow
	}
	return ThreadsFor(info.Size())
}

// SetThreads changes how many threads the statements of a whole instance share.
func SetThreads(ctx context.Context, db engine.Execer, n int) error {
	_, err := db.Exec(ctx, engine.SQL(fmt.Sprintf("SET threads = %d", n)))
	return err
}
