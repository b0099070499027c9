package etl

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"verso/etl/canon"
	"verso/etl/config"
	"verso/olap/engine"
)

// stageSchema is the number of the form in which rows are staged: a generation
// of another form is no base for an increment.
const stageSchema = 1

// Base is what a generation stands on: how its tables were mapped and up to
// which segment of each extract they hold what was landed.
type Base struct {
	Generation string
	Copied     bool // the draft began as a copy of it
	digests    map[string]string
	segments   map[baseKey]int
	extracts   map[string]int
	asOf       string // YYYY-MM-DD
}

type baseKey struct {
	table string
	load  int
}

const stageBase = `CREATE OR REPLACE TABLE meta.stage_base ("table_name" VARCHAR, "digest" VARCHAR, "load" INTEGER, "extract" VARCHAR, "segment" INTEGER)`

// ReadBase reads what a generation stands on; nil when it does not say.
func ReadBase(ctx context.Context, db engine.Querier, generation string) (*Base, error) {
	row, err := engine.One(ctx, db, engine.SQL(`SELECT count(*) FROM information_schema.tables WHERE table_schema = 'meta' AND table_name = 'stage_base'`))
	if err != nil {
		return nil, err
	}
	if n, _ := engine.Int(row[0]); n == 0 {
		return nil, nil
	}
	b := &Base{Generation: generation, digests: map[string]string{}, segments: map[baseKey]int{}, extracts: map[string]int{}}
	if row, err = engine.One(ctx, db, engine.SQL(`SELECT CAST(max("as_of") AS VARCHAR) FROM meta.run`)); err != nil {
		return nil, err
	}
	b.asOf = engine.Text(row[0])
	return b, engine.Rows(ctx, db, engine.SQL(`SELECT "table_name", "digest", "load", "extract", "segment" FROM meta.stage_base`), func(row []any) error {
		if row[3] != nil {
			segment, _ := engine.Int(row[4])
			b.extracts[engine.Text(row[3])] = int(segment)
		}
		if row[0] == nil {
			return nil
		}
		table := engine.Text(row[0])
		b.digests[table] = engine.Text(row[1])
		if row[2] != nil {
			load, _ := engine.Int(row[2])
			segment, _ := engine.Int(row[4])
			b.segments[baseKey{table, int(load)}] = int(segment)
		}
		return nil
	})
}

// holds is the last segment of an extract that the generation holds.
func (b *Base) holds(extract string) int {
	if b == nil {
		return 0
	}
	return b.extracts[extract]
}

// Suits reports whether an increment can begin with a copy of the generation;
// why says why not. It suits when any mapped table is as it was.
func (b *Base) Suits(c *config.Config, tables []canon.Table) (ok bool, why string) {
	if b == nil {
		return false, "the last generation does not say what it stands on"
	}
	if tables == nil {
		tables = canon.Tables()
	}
	for i := range tables {
		t := &tables[i]
		if len(c.Tables[t.Name]) > 0 && b.digests[t.Name] == tableDigest(c, t) {
			return true, ""
		}
	}
	return false, "every table is mapped otherwise than in the last generation"
}

// tableDigest identifies how a table is staged: by what declaration, from which
// mappings, with what readings of its sources.
func tableDigest(c *config.Config, t *canon.Table) string {
	type mapping struct {
		From, Select, Decimal string
		Columns               map[string]string
		Dates                 []string
	}
	content := struct {
		Schema int
		IDs    string
		Table  *canon.Table
		Maps   []mapping
	}{stageSchema, c.IDs, t, nil}
	for _, m := range c.Tables[t.Name] {
		s := c.Sources[m.From]
		content.Maps = append(content.Maps, mapping{m.From, m.Select, s.Decimal, m.Columns, s.Dates})
	}
	return digestOf(content)
}

// extractSignature identifies how an extract is made: another one makes its
// chain begin anew.
func extractSignature(c *config.Config, x *Extract) string {
	s := c.Sources[x.Source]
	var way config.Incremental
	if x.way != nil {
		way = *x.way
		way.Line = 0
	}
	return digestOf(struct {
		Kind, Format, Encoding, SQL string
		CSV                         config.CSV
		XLSX                        config.XLSX
		Way                         config.Incremental
	}{s.Kind, s.Format, s.Encoding, x.SQL, s.CSV, s.XLSX, way})
}

func digestOf(content any) string {
	text, err := json.Marshal(content)
	if err != nil {
		panic(fmt.Sprintf("etl: digest: %v", err)) // plain data always marshals
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// writeBase writes what this generation stands on.
func (s *State) writeBase(ctx context.Context) error {
	if _, err := s.exec(ctx, stageBase); err != nil {
		return err
	}
	const insert = "INSERT INTO meta.stage_base VALUES (?, ?, ?, ?, ?)"
	for i := range s.Tables {
		t := &s.Tables[i]
		digest := tableDigest(s.Config, t)
		loads := s.loadsOf(t.Name)
		if len(loads) == 0 {
			if _, err := s.exec(ctx, insert, t.Name, digest, nil, nil, nil); err != nil {
				return err
			}
		}
		for _, l := range loads {
			if _, err := s.exec(ctx, insert, t.Name, digest, l.no, l.origin.Name, l.origin.last()); err != nil {
				return err
			}
		}
	}
	return nil
}

// writeChanges tells the steps to come which stage tables differ from the last
// generation, and where.
func (s *State) writeChanges(ctx context.Context) error {
	if _, err := s.exec(ctx, `CREATE OR REPLACE TABLE meta.stage_change ("table_name" VARCHAR, "mode" VARCHAR, "inserted" BIGINT, "updated" BIGINT, "deleted" BIGINT)`); err != nil {
		return err
	}
	for i := range s.Tables {
		name := s.Tables[i].Name
		c := s.changes[name]
		if c == nil {
			c = &tableChange{mode: changedNone}
			if !s.known(&s.Tables[i]) {
				c.mode = changedAll
			}
		}
		if s.Mode == ModeFull || s.Base == nil || !s.Base.Copied {
			c.mode = changedAll
		}
		if _, err := s.exec(ctx, "INSERT INTO meta.stage_change VALUES (?, ?, ?, ?, ?)", name, c.mode, c.Inserted, c.Updated, c.Deleted); err != nil {
			return err
		}
		if c.mode == changedAll {
			if _, err := s.exec(ctx, "DROP TABLE IF EXISTS due."+q("changed_"+name)); err != nil {
				return err
			}
		}
	}
	return nil
}
