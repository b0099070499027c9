package recommend

import (
	"context"
	"os"
	"testing"
	"time"

	"verso/models/job"
	"verso/olap/engine/duck"
)

func TestDev(t *testing.T) {
	path := os.Getenv("DEV_DB")
	if path == "" {
		t.Skip()
	}
	db, err := duck.Open(context.Background(), duck.Options{Path: path, Threads: 4})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	conn, _ := db.Conn(context.Background())
	defer conn.Close()
	day, _ := time.Parse(time.DateOnly, "2026-06-30")
	j := &job.Job{Conn: conn, AsOf: day, Seed: 1, Months: 12}
	if err := j.Prepare(context.Background()); err != nil {
		t.Fatal(err)
	}
	at := time.Now()
	rows, err := run(context.Background(), j, Options{}.filled())
	if err != nil {
		t.Fatal(err)
	}
	t.Log(rows, time.Since(at))
}
