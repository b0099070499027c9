package check

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/apache/arrow-go/v18/arrow"

	"verso/olap/engine"
)

// runner runs checks. Many of them test the same rows, which nothing changes
// meanwhile: each number of these is asked for once.
type runner struct {
	db    engine.Querier
	mu    sync.Mutex
	known map[string]func() (int64, error) // by statement
}

func newRunner(db engine.Querier) *runner {
	return &runner{db: db, known: map[string]func() (int64, error){}}
}

func (o *runner) tested(ctx context.Context, sql string) (int64, error) {
	o.mu.Lock()
	ask := o.known[sql]
	if ask == nil {
		ask = sync.OnceValues(func() (int64, error) { return count(ctx, o.db, sql) })
		o.known[sql] = ask
	}
	o.mu.Unlock()
	return ask()
}

// run counts what was tested and what offends, and takes samples. Offenders are
// looked for once, unless they are counted in another way.
func (o *runner) run(ctx context.Context, d Definition) (r Result, err error) {
	r = d.result()
	if r.Tested, err = o.tested(ctx, d.Tested); err != nil {
		return r, err
	}
	if d.Count != "" {
		if r.Offenders, err = count(ctx, o.db, d.Count); err != nil {
			return r, err
		}
	}
	if d.Count == "" || r.Offenders > 0 {
		found := int64(0)
		if r.Samples, found, err = samples(ctx, o.db, d.Offenders); err != nil {
			return r, err
		}
		if d.Count == "" {
			r.Offenders = found
		}
	}
	if d.Profile != "" {
		if r.Profile, err = takeProfile(ctx, o.db, d); err != nil {
			return r, err
		}
	}
	r.judge()
	return r, nil
}

// count is the whole number that a SELECT returns; null is 0.
func count(ctx context.Context, db engine.Querier, sql string) (int64, error) {
	row, err := engine.One(ctx, db, engine.SQL("SELECT (\n"+sql+"\n) AS n"))
	if err != nil {
		return 0, err
	}
	n, ok := engine.Int(row[0])
	if !ok && row[0] != nil {
		return 0, errors.New("the count is no whole number")
	}
	return n, nil
}

// sampleCount is how many offenders a result shows.
const sampleCount = 5

// samples are the first offenders in the order of their columns, as JSON, and how
// many there are.
func samples(ctx context.Context, db engine.Querier, offenders string) (text string, n int64, err error) {
	sql := fmt.Sprintf("SELECT *, count(*) OVER () AS \"_offenders\" FROM (\n%s\n) AS o ORDER BY ALL NULLS LAST LIMIT %d", offenders, sampleCount)
	r, err := db.Query(ctx, engine.SQL(sql))
	if err != nil {
		return "", 0, err
	}
	var found []string
	err = engine.Each(ctx, r, func(batch arrow.RecordBatch) error {
		for i := range int(batch.NumRows()) {
			one, err := sample(batch, i)
			if err != nil {
				return err
			}
			found = append(found, one)
			n, _ = engine.Int(engine.Value(batch.Column(int(batch.NumCols())-1), i))
		}
		return nil
	})
	return "[" + strings.Join(found, ", ") + "]", n, err
}

// sample is a row of offenders as JSON, but for its last column.
func sample(batch arrow.RecordBatch, i int) (string, error) {
	var cells []string
	for c := range int(batch.NumCols()) - 1 {
		name, err := json.Marshal(batch.ColumnName(c))
		if err != nil {
			return "", err
		}
		text, err := json.Marshal(short(engine.Value(batch.Column(c), i)))
		if err != nil {
			return "", err
		}
		cells = append(cells, string(name)+": "+string(text))
	}
	return "{" + strings.Join(cells, ", ") + "}", nil
}

// short is a value of a sample: whole numbers as such, the rest as text of at
// most 200 characters, null as null.
func short(v any) any {
	switch n := v.(type) {
	case nil, int64, bool:
		return n
	}
	text := []rune(engine.Text(v))
	if len(text) > 200 {
		return string(text[:200]) + "…"
	}
	return string(text)
}
