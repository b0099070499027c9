package postgres

import (
	"context"
	"path/filepath"
	"testing"

	"verso/etl/source"
	"verso/etl/source/postgres/pgtest"
	"verso/olap/engine/duck/ducktest"
)

// A narrowed extract asks the database for the part that is wanted only.
func TestNarrowed(t *testing.T) {
	conn, dsn := ducktest.Scratch(t), pgtest.Start(t)
	pgtest.Exec(t, dsn, `CREATE TABLE o (id int, "Changed" timestamptz, day date);
INSERT INTO o VALUES (1, '2024-01-01 00:00+00', '2024-01-01'), (2, '2024-01-02 00:00+00', '2024-01-02'), (3, '2024-01-03 00:00+00', '2024-01-03'), (4, NULL, NULL);
CREATE TABLE log (oid int, op text, changed_at timestamp); INSERT INTO log VALUES (1, 'update', '2024-02-01'), (3, 'update', '2024-02-03')`)
	s := open(t, dsn)
	tests := map[string]struct {
		only *source.Only
		want int64
	}{
		"everything":    {nil, 4},
		"since":         {&source.Only{Column: "Changed", From: "2024-01-02 00:00:00+00", Null: true}, 3},
		"after":         {&source.Only{Column: "id", From: "2", After: true}, 2},
		"period":        {&source.Only{Column: "day", From: "2024-01-01", To: "2024-01-03"}, 2},
		"no bound":      {&source.Only{Column: "day"}, 4},
		"keys of a log": {&source.Only{Among: &source.Among{SQL: "SELECT oid, op, changed_at FROM log;", Keys: map[string]string{"id": "oid"}, Order: []string{"id"}, Column: "changed_at", From: "2024-02-02"}}, 1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r, err := s.Land(context.Background(), conn, source.Request{Name: "o", SQL: `SELECT id, "Changed", day FROM o; `, Path: filepath.Join(t.TempDir(), "o.parquet"), Only: tt.only})
			if err != nil || r.Landed != tt.want {
				t.Errorf("%d rows, want %d: %v", r.Landed, tt.want, err)
			}
		})
	}
}
