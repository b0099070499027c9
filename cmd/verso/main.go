// Command verso is the analytical CRM and BI engine: it loads operational data
// into an embedded warehouse, models it, answers questions and writes the report
// site.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"verso/olap/sqlworker"
)

// collect is how much the heap may grow, in percent, before it is collected: rows
// are the database's; what is left in Go is small and short-lived.
const collect = 400

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(collect)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run is the whole program, for main and for the tests of the command line.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	if len(args) == 1 && args[0] == sqlworker.Argument {
		return sqlworker.Main(stdin, stdout)
	}
	a := &app{stdin: stdin, stdout: stdout, stderr: stderr, env: os.LookupEnv, now: time.Now}
	return a.execute(ctx, args)
}
