package duplicate

import (
	"context"
	_ "embed"
	"encoding/json"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"verso/olap/engine"
)

//go:embed sql/customer.sql
var customerSQL string

//go:embed sql/contact.sql
var contactSQL string

//go:embed sql/shared.sql
var sharedSQL string

const candidateTable = `CREATE OR REPLACE TABLE meta.duplicate_candidate ("cluster_id" INTEGER, "customer_id" VARCHAR, "duplicate_id" VARCHAR, "customer_name" VARCHAR, "duplicate_name" VARCHAR, "is_person" BOOLEAN, "score" DOUBLE, "grade" VARCHAR, "reasons" VARCHAR, "explanation" VARCHAR)`

// Store is where customers are read and candidates are stored; no transaction may
// be open on it.
type Store interface {
	engine.QueryExecer
	engine.Ingester
}

// Build reads the staged customers, finds candidates and stores them in
// meta.duplicate_candidate. stage.customer, customer_contact and order_header
// must exist, and meta.customer_merge (see WriteMerges).
func Build(ctx context.Context, db Store, o Options) (int, Stats, error) {
	customers, shared, err := load(ctx, db)
	if err != nil {
		return 0, Stats{}, err
	}
	found, stats, err := Find(ctx, customers, shared, o)
	if err != nil {
		return 0, stats, err
	}
	if _, err := db.Exec(ctx, engine.SQL(candidateTable)); err != nil {
		return 0, stats, err
	}
	return len(found), stats, write(ctx, db, found)
}

// write puts candidates into the empty table.
func write(ctx context.Context, db engine.Ingester, found []Candidate) error {
	text := func(name string) arrow.Field { return arrow.Field{Name: name, Type: arrow.BinaryTypes.String} }
	schema := arrow.NewSchema([]arrow.Field{{Name: "cluster_id", Type: arrow.PrimitiveTypes.Int32}, text("customer_id"), text("duplicate_id"), text("customer_name"), text("duplicate_name"),
		{Name: "is_person", Type: arrow.FixedWidthTypes.Boolean}, {Name: "score", Type: arrow.PrimitiveTypes.Float64}, text("grade"), text("reasons"), text("explanation")}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	for _, c := range found {
		codes := make([]string, len(c.Reasons))
		for i, r := range c.Reasons {
			codes[i] = string(r)
		}
		b.Field(0).(*array.Int32Builder).Append(int32(c.Cluster))
		b.Field(5).(*array.BooleanBuilder).Append(c.Person)
		b.Field(6).(*array.Float64Builder).Append(c.Score)
		for i, s := range map[int]string{1: c.Keep, 2: c.Drop, 3: c.KeepName, 4: c.DropName, 7: c.Grade, 8: strings.Join(codes, ","), 9: Explain(c.Reasons)} {
			b.Field(i).(*array.StringBuilder).Append(s)
		}
	}
	batch := b.NewRecordBatch()
	defer batch.Release()
	reader, err := array.NewRecordReader(schema, []arrow.RecordBatch{batch})
	if err != nil {
		return err
	}
	defer reader.Release()
	_, err = db.Ingest(ctx, "meta.duplicate_candidate", reader)
	return err
}

func load(ctx context.Context, db engine.Querier) (customers []Customer, shared []Shared, err error) {
	at := map[string]int{}
	err = engine.Rows(ctx, db, engine.SQL(customerSQL), func(row []any) error {
		t := func(i int) string { return strings.Clone(engine.Text(row[i])) }
		c := Customer{ID: t(0), No: t(1), Name: t(2), NameEN: t(3), Type: t(4), Region: t(5), Address: t(6), Postcode: t(7), VAT: t(8),
			Created: t(9), FirstContact: t(10), Parent: t(11), MergedInto: t(12)}
		at[c.ID] = len(customers)
		customers = append(customers, c)
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	err = engine.Rows(ctx, db, engine.SQL(contactSQL), func(row []any) error {
		i, ok := at[engine.Text(row[0])]
		if !ok {
			return nil
		}
		if p := engine.Text(row[1]); p != "" {
			customers[i].Phones = append(customers[i].Phones, strings.Clone(p))
		}
		if m := engine.Text(row[2]); m != "" {
			customers[i].Emails = append(customers[i].Emails, strings.Clone(m))
		}
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	err = engine.Rows(ctx, db, engine.SQL(sharedSQL), func(row []any) error {
		shared = append(shared, Shared{strings.Clone(engine.Text(row[0])), strings.Clone(engine.Text(row[1]))})
		return nil
	})
	return customers, shared, err
}

// Stored reads the candidates of a generation; nil where it has none, as in
// generations of earlier versions.
func Stored(ctx context.Context, db engine.Querier) ([]Candidate, error) {
	row, err := engine.One(ctx, db, engine.SQL(`SELECT count(*) FROM information_schema.tables WHERE table_schema = 'meta' AND table_name = 'duplicate_candidate'`))
	if err != nil {
		return nil, err
	}
	if n, _ := engine.Int(row[0]); n == 0 {
		return nil, nil
	}
	var out []Candidate
	err = engine.Rows(ctx, db, engine.SQL(`SELECT "cluster_id", "customer_id", "duplicate_id", "customer_name", "duplicate_name", "is_person", "score", "grade", "reasons" FROM meta.duplicate_candidate ORDER BY "cluster_id", "score" DESC, "customer_id", "duplicate_id"`), func(row []any) error {
		t := func(i int) string { return strings.Clone(engine.Text(row[i])) }
		no, _ := engine.Int(row[0])
		score, _ := engine.Float(row[6])
		person, _ := row[5].(bool)
		c := Candidate{Cluster: int(no), Keep: t(1), Drop: t(2), KeepName: t(3), DropName: t(4), Person: person, Score: score, Grade: t(7)}
		for _, r := range strings.Split(t(8), ",") {
			c.Reasons = append(c.Reasons, Reason(r))
		}
		out = append(out, c)
		return nil
	})
	return out, err
}

// MarshalJSON adds the reasons in words.
func (c Candidate) MarshalJSON() ([]byte, error) {
	type plain Candidate
	return json.Marshal(struct {
		plain
		Explanation string `json:"explanation"`
	}{plain(c), Explain(c.Reasons)})
}
