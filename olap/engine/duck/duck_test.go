package duck

import (
	"path/filepath"
	"testing"

	"verso/olap/engine"
	"verso/olap/engine/enginetest"
)

func open(t *testing.T, o Options) *DB {
	t.Helper()
	db, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func TestContractInMemory(t *testing.T) {
	enginetest.Test(t, func(t *testing.T) engine.Database { return open(t, Options{}) })
}

func TestContractInAFile(t *testing.T) {
	enginetest.Test(t, func(t *testing.T) engine.Database {
		return open(t, Options{Path: filepath.Join(t.TempDir(), "it's a file.duckdb"), Threads: 2, MemoryLimit: "1GB", TempDir: t.TempDir()})
	})
}

func TestContractReadOnly(t *testing.T) {
	enginetest.TestReading(t, func(t *testing.T) engine.Database {
		path := filepath.Join(t.TempDir(), "a.duckdb")
		db := open(t, Options{Path: path})
		if _, err := db.Exec(t.Context(), engine.SQL("CREATE TABLE t AS SELECT 1 AS a")); err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		db = open(t, Options{Path: path, ReadOnly: true})
		if _, err := db.Exec(t.Context(), engine.SQL("INSERT INTO t VALUES (2)")); err == nil {
			t.Error("a read-only database can be written")
		}
		return db
	})
}
