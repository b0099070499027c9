package star

import (
	"context"
	"fmt"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"verso/etl/star/tree"
	"verso/olap/engine"
)

// batchRows is how many rows go into the engine at a time: a row group.
const batchRows = 122_880

// column describes one column of a table to ingest.
type column struct {
	name string
	kind arrow.DataType
}

func text(name string) column    { return column{name, arrow.BinaryTypes.String} }
func integer(name string) column { return column{name, arrow.PrimitiveTypes.Int32} }
func boolean(name string) column { return column{name, arrow.FixedWidthTypes.Boolean} }

// ingest appends rows to a table. row returns the i-th: string, int32 or bool
// by column, nil for null.
func (b *builder) ingest(ctx context.Context, table string, columns []column, rows int, row func(i int) []any) error {
	if rows == 0 {
		return nil
	}
	fields := make([]arrow.Field, len(columns))
	for i, c := range columns {
		fields[i] = arrow.Field{Name: c.name, Type: c.kind, Nullable: true}
	}
	schema := arrow.NewSchema(fields, nil)
	builder := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer builder.Release()
	for from := 0; from < rows; from += batchRows {
		for i := from; i < min(from+batchRows, rows); i++ {
			if err := appendRow(builder, row(i)); err != nil {
				return fmt.Errorf("%s: %w", table, err)
			}
		}
		if err := b.send(ctx, table, builder.NewRecordBatch()); err != nil {
			return err
		}
	}
	return nil
}

// send ingests one batch and releases it.
func (b *builder) send(ctx context.Context, table string, batch arrow.RecordBatch) error {
	defer batch.Release()
	reader, err := array.NewRecordReader(batch.Schema(), []arrow.RecordBatch{batch})
	if err != nil {
		return err
	}
	defer reader.Release()
	_, err = b.conn.Ingest(ctx, table, reader)
	return err
}

func appendRow(builder *array.RecordBuilder, values []any) error {
	for i, v := range values {
		switch v := v.(type) {
		case nil:
			builder.Field(i).AppendNull()
		case string:
			builder.Field(i).(*array.StringBuilder).Append(v)
		case int32:
			builder.Field(i).(*array.Int32Builder).Append(v)
		case bool:
			builder.Field(i).(*array.BooleanBuilder).Append(v)
		default:
			return fmt.Errorf("column %d: no column holds a %T", i, v)
		}
	}
	return nil
}

// orNull is nil for the empty text.
func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// hierarchy resolves parents: it runs the query edges (member_key, parent_key),
// cuts cycles and adds the members that had a parent to star_tree.
func hierarchy(subject, edges string) func(context.Context, *builder) error {
	return func(ctx context.Context, b *builder) error {
		query, err := b.read(edges)
		if err != nil {
			return err
		}
		var members []int32
		var parents []int32
		err = engine.Rows(ctx, b.conn, engine.SQL(query), func(row []any) error {
			member, ok := engine.Int(row[0])
			parent, okToo := engine.Int(row[1])
			if !ok || !okToo {
				return fmt.Errorf("%s: want two keys, got %v", edges, row)
			}
			for int64(len(parents)) <= max(member, parent) {
				parents = append(parents, tree.None)
			}
			members = append(members, int32(member))
			parents[member] = int32(parent)
			return nil
		})
		if err != nil {
			return err
		}
		isCut := map[int32]bool{}
		for _, i := range tree.Cut(parents) {
			isCut[i] = true
		}
		root, depth := tree.Roots(parents)
		columns := []column{text("subject"), integer("member_key"), integer("parent_key"), integer("root_key"), integer("depth"), boolean("is_cut")}
		return b.ingest(ctx, "star_tree", columns, len(members), func(i int) []any {
			m := members[i]
			return []any{subject, m, parents[m], root[m], depth[m], isCut[m]}
		})
	}
}
