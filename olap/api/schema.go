package api

import (
	"context"
	"net/http"

	"verso/olap/engine"
	"verso/olap/lineage"
)

// schemaAnswer is what GET schema answers.
type schemaAnswer struct {
	Generation string        `json:"generation"`
	AsOf       string        `json:"as_of"`
	Schemas    []schemaEntry `json:"schemas"`
	Notes      []note        `json:"notes"`
	counts     map[string]int64
}

type schemaEntry struct {
	Name   string        `json:"name"`
	Tables []*tableEntry `json:"tables"`
}

type tableEntry struct {
	Name       string         `json:"name"`
	Kind       string         `json:"kind"` // table or view
	Rows       *int64         `json:"rows"` // null of a view
	Definition string         `json:"definition,omitempty"`
	Columns    []*columnEntry `json:"columns"`
}

type columnEntry struct {
	Name       string `json:"name"`
	Type       string `json:"type"`
	Nullable   bool   `json:"nullable"`
	Definition string `json:"definition,omitempty"`
}

const columnsSQL = `SELECT c.schema_name, c.table_name, c.column_name, c.data_type, c.is_nullable, t.estimated_size
FROM duckdb_columns() AS c
LEFT JOIN duckdb_tables() AS t ON t.database_name = c.database_name AND t.schema_name = c.schema_name AND t.table_name = c.table_name
WHERE NOT c.internal AND c.database_name = current_database()
ORDER BY c.schema_name, c.table_name, c.column_index`

// schema answers GET schema.
func (a *API) schema(r *request) error {
	lease, err := a.open(r)
	if err != nil {
		return err
	}
	s, err := a.schemaOf(r.Context(), lease)
	if err != nil {
		return err
	}
	tag, err := a.etag(lease, lease.Olap.Lang(), "schema")
	if err != nil {
		return err
	}
	r.w.Header().Set("ETag", tag)
	if matches(r.Header.Get("If-None-Match"), tag) {
		r.w.WriteHeader(http.StatusNotModified)
		return nil
	}
	own := *s
	own.Notes = policyNotes(lease)
	return r.reply(own)
}

// schemaOf reads the schemas of a lease, once.
func (a *API) schemaOf(ctx context.Context, lease *Lease) (*schemaAnswer, error) {
	return recall(lease.Memo, "schema", a.edition(), func() (*schemaAnswer, error) {
		s := &schemaAnswer{Generation: lease.Generation, AsOf: lease.Olap.Run().AsOf, Schemas: []schemaEntry{}, counts: map[string]int64{}}
		meaning, err := meanings(ctx, lease)
		if err != nil {
			return nil, err
		}
		err = engine.Rows(ctx, lease.Olap.DB(), engine.SQL(columnsSQL), func(row []any) error {
			s.add(row, meaning)
			return nil
		})
		return s, err
	})
}

// add puts a column in its place.
func (s *schemaAnswer) add(row []any, meaning map[string]string) {
	schema, table, name := engine.Text(row[0]), engine.Text(row[1]), engine.Text(row[2])
	if n := len(s.Schemas); n == 0 || s.Schemas[n-1].Name != schema {
		s.Schemas = append(s.Schemas, schemaEntry{Name: schema})
	}
	entry := &s.Schemas[len(s.Schemas)-1]
	if n := len(entry.Tables); n == 0 || entry.Tables[n-1].Name != table {
		t := &tableEntry{Name: table, Kind: "view", Definition: meaning[schema+"."+table]}
		if rows, ok := engine.Int(row[5]); ok {
			t.Kind, t.Rows = "table", &rows
			s.counts[schema+"."+table] = rows
		}
		entry.Tables = append(entry.Tables, t)
	}
	t := entry.Tables[len(entry.Tables)-1]
	nullable, _ := row[4].(bool)
	t.Columns = append(t.Columns, &columnEntry{name, engine.Text(row[3]), nullable, meaning[schema+"."+table+"."+name]})
}

// meanings are the definitions of tables and columns, as far as the generation
// has them.
func meanings(ctx context.Context, lease *Lease) (map[string]string, error) {
	meaning := map[string]string{}
	row, err := engine.One(ctx, lease.Olap.DB(), engine.SQL(`SELECT count(*) AS n FROM information_schema.tables WHERE table_schema = 'meta' AND table_name = 'definition'`))
	if err != nil {
		return nil, err
	}
	if n, _ := engine.Int(row[0]); n == 0 {
		return meaning, nil
	}
	err = engine.Rows(ctx, lease.Olap.DB(), engine.SQL(`SELECT name, definition FROM meta.definition ORDER BY name, definition`), func(row []any) error {
		meaning[engine.Text(row[0])] = engine.Text(row[1])
		return nil
	})
	return meaning, err
}

// traced is the lineage of a generation, with its working tables and without.
type traced struct{ whole, short *lineage.Graph }

// lineage answers GET lineage?column=: what a column (schema.table.column) or a
// measure (cube.measure) is computed from; with uses=true what is computed
// from it, with steps=true over the working tables between.
func (a *API) lineage(r *request) error {
	lease, err := a.open(r)
	if err != nil {
		return err
	}
	query := r.URL.Query()
	name := query.Get("column")
	if name == "" {
		return refusef("column", "column=core.fact_order_line.net", "name a column, a table or a measure")
	}
	t, err := recall(lease.Memo, "lineage", a.edition(), func() (*traced, error) {
		g, err := lineage.Load(r.Context(), lease.Olap.DB())
		if err != nil {
			return nil, err
		}
		lineage.AddMeasures(g, lease.Olap.Model())
		return &traced{g, g.Inline(lineage.Working)}, nil
	})
	if err != nil {
		return err
	}
	g := t.short
	if query.Get("steps") == "true" {
		g = t.whole
	}
	start, err := g.Find(name)
	if err != nil {
		return &Error{Status: http.StatusNotFound, Code: "not_found", Message: err.Error()}
	}
	path := g.Path(start, query.Get("uses") == "true")
	return r.reply(map[string]any{"generation": lease.Generation, "of": path.Of, "origins": listOf(path.Origins), "edges": path.Edges, "notes": policyNotes(lease)})
}
