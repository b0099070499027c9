package duck

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"os"
	"runtime"

	duckdb "github.com/duckdb/duckdb-go/v2"

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

// leastMemory is what an instance may use however many share the memory, in MB.
const leastMemory = 256

// shareMemory lets an instance use one part of n of what it might use, for several
// that are open at once.
func shareMemory(ctx context.Context, raw *duckdb.Conn, n int) error {
	if n <= 1 {
		return nil
	}
	rows, err := raw.QueryContext(ctx, "SELECT current_setting('memory_limit') AS memory_limit", nil)
	if err != nil {
		return err
	}
	defer rows.Close()
	row := make([]driver.Value, 1)
	if err := rows.Next(row); err != nil {
		return err
	}
	var size float64
	var unit string
	text, _ := row[0].(string)
	if _, err := fmt.Sscanf(text, "%f %s", &size, &unit); err != nil {
		return fmt.Errorf("memory_limit %q: %w", text, err)
	}
	mb := map[string]float64{"bytes": 1.0 / (1 << 20), "KiB": 1.0 / 1024, "MiB": 1, "GiB": 1024, "TiB": 1024 * 1024}[unit] * size
	_, err = exec(ctx, raw, fmt.Sprintf("SET memory_limit = '%dMiB'", max(leastMemory, int(mb)/n)), nil)
	return err
}

// Held is how many bytes DuckDB holds in memory for all of an instance: pages that
// were read, and what statements work with.
func Held(ctx context.Context, db engine.Querier) (int64, error) {
	row, err := engine.One(ctx, db, engine.SQL("SELECT CAST(coalesce(sum(memory_usage_bytes), 0) AS BIGINT) AS held FROM duckdb_memory()"))
	if err != nil {
		return 0, err
	}
	n, _ := engine.Int(row[0])
	return n, nil
}

// Forget gives the memory of pages back that are only kept for being read again:
// after steps that read all of a large file, most of what the process holds. What
// is in use stays.
func Forget(ctx context.Context, db engine.QueryExecer) error {
	row, err := engine.One(ctx, db, engine.SQL("SELECT current_setting('memory_limit') AS memory_limit"))
	if err != nil {
		return err
	}
	// Below what is in use DuckDB refuses, after it has given back the rest.
	_, refused := db.Exec(ctx, engine.SQL("SET memory_limit = '64MB'"))
	if refused != nil && !errors.Is(refused, engine.ErrMemory) {
		return refused
	}
	_, err = db.Exec(ctx, engine.SQL("SET memory_limit = "+engine.QuoteText(engine.Text(row[0]))))
	return err
}
