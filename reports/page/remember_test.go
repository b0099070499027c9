package page

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"verso/olap/engine"
)

// counting answers every statement with its number of rows, and counts.
type counting struct {
	pool *memory.CheckedAllocator
	fail error

	mu    sync.Mutex
	asked int
}

func (c *counting) Query(_ context.Context, s engine.Statement) (array.RecordReader, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked++
	if c.fail != nil {
		return nil, c.fail
	}
	schema := arrow.NewSchema([]arrow.Field{{Name: "n", Type: arrow.PrimitiveTypes.Int64}}, nil)
	b := array.NewInt64Builder(c.pool)
	defer b.Release()
	b.AppendValues([]int64{int64(len(s.SQL)), int64(len(s.Args))}, nil)
	column := b.NewArray()
	defer column.Release()
	batch := array.NewRecordBatch(schema, []arrow.Array{column}, 2)
	defer batch.Release()
	return array.NewRecordReader(schema, []arrow.RecordBatch{batch})
}

// What was asked before is answered the same without asking again, also at
// once; arguments tell statements apart; errors are not kept; in the end all
// memory is given back.
func TestRememberedAnswers(t *testing.T) {
	from := &counting{pool: memory.NewCheckedAllocator(memory.DefaultAllocator)}
	defer from.pool.AssertSize(t, 0)
	source, release := Source{DB: from}.Remembering()
	defer release()
	ask := func(s engine.Statement) (int64, error) {
		sum := int64(0)
		err := engine.Rows(context.Background(), source.DB, s, func(row []any) error {
			sum = 10*sum + row[0].(int64)
			return nil
		})
		return sum, err
	}
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			if got, err := ask(engine.SQL("abc", 1)); got != 31 || err != nil {
				t.Errorf("%v, %v", got, err)
			}
		})
	}
	wait.Wait()
	if from.asked != 1 {
		t.Errorf("asked %d times", from.asked)
	}
	for _, s := range []engine.Statement{engine.SQL("abc", int64(1)), engine.SQL("abc", "1"), engine.SQL("abc"), engine.SQL("abc 1")} {
		if _, err := ask(s); err != nil {
			t.Error(err)
		}
	}
	if from.asked != 5 {
		t.Errorf("asked %d times for five statements", from.asked)
	}
	from.fail = errors.New("gone")
	if _, err := ask(engine.SQL("new")); !errors.Is(err, from.fail) {
		t.Errorf("got %v", err)
	}
	from.fail = nil
	if got, err := ask(engine.SQL("new")); got != 30 || err != nil {
		t.Errorf("after an error: %v, %v", got, err)
	}
}
