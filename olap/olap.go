package olap

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"

	"verso/olap/cache"
	"verso/olap/catalog"
	"verso/olap/compile"
	"verso/olap/cube"
	"verso/olap/engine"
	"verso/olap/rollup"
	"verso/olap/rollup/memory"
)

// Options say which cubes to open and in which language to answer.
type Options struct {
	Catalog string // folder of the user's own YAML files; "" for none
	Lang    string // en or zh; "": the language of the run
	Limits

	Memory    *Memory          // what is kept stands here, and Limits.Cache says nothing; nil: in a memory of its own
	NoRollups bool             // answer from the facts alone
	NoHeld    bool             // ask the database for small rollups, too
	Asked     func(Asked)      // told of every question; nil: nobody is
	Clock     func() time.Time // times them; nil: they take no time
	// Model is asked instead of the shipped cubes and those of Catalog; nil: these.
	Model *cube.Model
}

// Run is the record of the run that filled a generation (meta.run).
type Run struct {
	ID       string
	AsOf     string // YYYY-MM-DD
	Company  string
	Currency string
	Language string
}

// day is the as-of date; zero where it is not known.
func (r Run) day() time.Time {
	d, err := time.Parse(time.DateOnly, r.AsOf)
	if err != nil {
		return time.Time{}
	}
	return d
}

// Olap answers cube queries on one generation. It is safe for many goroutines.
type Olap struct {
	*shared
	lang string
}

type shared struct {
	db      engine.Querier
	model   *cube.Model
	run     Run
	tables  map[string]bool // schema.table
	rollups []*compile.Rollup
	asked   func(Asked)
	clock   func() time.Time

	proofs  proofs
	limits  Limits
	slots   chan struct{} // one for each question that runs
	cache   *cache.Part[*Table]
	plans   *cache.Part[*compile.Compiled]
	held    *cache.Part[memory.Held]
	rolled  *memory.Memory // small rollups; nil: the database is asked
	trees   trees
	columns tableColumns
}

// Open reads the catalog, shipped and the user's own, and meta.run of the
// generation. The database stays the caller's.
func Open(ctx context.Context, db engine.Database, o Options) (*Olap, error) {
	model := o.Model
	if model == nil {
		var err error
		if model, err = catalog.Load(o.Catalog); err != nil {
			return nil, err
		}
	}
	s := &shared{db: db, model: model, tables: map[string]bool{}, asked: o.Asked, clock: o.Clock}
	err := engine.Rows(ctx, db, engine.SQL(`SELECT table_schema, table_name FROM information_schema.tables ORDER BY table_schema, table_name`),
		func(row []any) error {
			s.tables[engine.Text(row[0])+"."+engine.Text(row[1])] = true
			return nil
		})
	if err != nil {
		return nil, fmt.Errorf("olap: list tables: %w", err)
	}
	if !s.tables["meta.run"] {
		return nil, &MissingTableError{Table: "meta.run"}
	}
	row, err := engine.One(ctx, db, engine.SQL(`SELECT run_id, as_of, company, currency, language FROM meta.run`))
	if err != nil {
		return nil, fmt.Errorf("olap: read meta.run: %w", err)
	}
	s.run = Run{ID: engine.Text(row[0]), AsOf: engine.Text(row[1]), Company: engine.Text(row[2]),
		Currency: engine.Text(row[3]), Language: engine.Text(row[4])}
	if !o.NoRollups {
		if s.rollups, err = rollup.Load(ctx, db, model); err != nil {
			return nil, err
		}
	}
	lang := o.Lang
	if lang == "" {
		lang = s.run.Language
	}
	s.limit(o.Limits, o.Memory)
	if o.NoHeld {
		s.rolled = nil
	}
	return &Olap{shared: s, lang: lang}, nil
}

// In answers in another language, "en" or "zh", on the same generation.
func (o *Olap) In(lang string) *Olap { return &Olap{shared: o.shared, lang: lang} }

// Lang is the language answered in.
func (o *Olap) Lang() string { return o.lang }

// Run is the record of the run that filled the generation.
func (o *Olap) Run() Run { return o.run }

// DB is the generation itself, for statements of the caller's own.
func (o *Olap) DB() engine.Querier { return o.db }

// Cubes lists the cubes with their dimensions and measures, in the catalog's
// order. They are not to be changed.
func (o *Olap) Cubes() []*cube.Cube { return o.model.Cubes }

// Model is the cubes and dimensions, to look names up in. It is not to be changed.
func (o *Olap) Model() *cube.Model { return o.model }

// MissingTableError is a table that the generation does not have.
type MissingTableError struct {
	Table string
	Cube  string // the cube asked; "" where it was not a cube
}

// Error names the table and what to do.
func (e *MissingTableError) Error() string {
	switch schema, name, _ := strings.Cut(e.Table, "."); {
	case schema == "score":
		return fmt.Sprintf("the generation has no %s: the model %s has not run; run verso refresh", e.Table, name)
	case e.Cube != "":
		return fmt.Sprintf("cube %s reads %s, which the generation does not have; run verso refresh", e.Cube, e.Table)
	}
	return fmt.Sprintf("the database has no %s: it is no generation of verso", e.Table)
}

// RepeatedKeyError is a table in which a key that must be unique is not:
// joining it would count facts more than once.
type RepeatedKeyError struct {
	Table, Key string
	Repeats    int64 // rows beyond the first of their key
}

// Error names the table, key and count.
func (e *RepeatedKeyError) Error() string {
	return fmt.Sprintf("%s repeats %s in %d rows: joining it would count facts more than once, so the question is refused; run verso refresh", e.Table, e.Key, e.Repeats)
}

// LimitError is an answer larger than its limit. Nothing is cut off in silence.
type LimitError struct {
	What  string // rows, columns or cells
	Got   int64
	Limit int64
}

// Error gives both counts.
func (e *LimitError) Error() string {
	return fmt.Sprintf("the answer has %d %s, the limit is %d; filter more, ask for a top-N, or raise the limit", e.Got, e.What, e.Limit)
}

// Explanation is what a query becomes.
type Explanation struct {
	SQL      string             `json:"sql"`
	Args     []any              `json:"args"`
	Stages   []compile.Stage    `json:"stages"`
	Rollup   string             `json:"rollup,omitempty"`   // answers; "": the facts do
	Rejected []compile.Rejected `json:"rejected,omitempty"` // rollups that do not, with the reason
	Tables   []string           `json:"tables,omitempty"`   // read
}

// Explain gives the statement with which Ask would answer a query.
func (o *Olap) Explain(q cube.Query) (Explanation, error) {
	return o.ExplainContext(context.Background(), q)
}

// ExplainContext is Explain with a context: the first question that uses a
// dimension looks at its keys.
func (o *Olap) ExplainContext(ctx context.Context, q cube.Query) (Explanation, error) {
	c, err := o.compile(ctx, q)
	if err != nil {
		return Explanation{}, err
	}
	return Explanation{SQL: c.SQL, Args: c.Args, Stages: c.Stages, Rollup: c.Rollup, Rejected: c.Rejected, Tables: c.Tables}, nil
}

// ask answers a query from the database.
func (o *Olap) ask(ctx context.Context, q cube.Query) (*Table, error) {
	began := o.now()
	c, err := o.compile(ctx, q)
	if err != nil {
		return nil, err
	}
	b := newBuilder(o, c)
	held := false
	if o.rolled != nil {
		held, err = o.rolled.Answer(ctx, o.db, c.Cells, b.add)
	}
	if !held && err == nil {
		err = engine.Rows(ctx, o.db, engine.Statement{SQL: c.SQL, Args: c.Args, Again: c.Rollup != ""}, b.add)
	}
	o.tell(c, held, began, err)
	if errors.Is(err, errTooMany) {
		return nil, o.tooMany(ctx, c)
	}
	if err != nil {
		return nil, err
	}
	if err := b.findAbsent(ctx); err != nil {
		return nil, err
	}
	return b.table()
}

// compile is compileAnew, or its result when the query was compiled before.
func (o *Olap) compile(ctx context.Context, q cube.Query) (*compile.Compiled, error) {
	text, err := json.Marshal(q)
	if err != nil {
		return nil, err
	}
	return o.plans.Get(ctx, o.lang+"\x00"+string(text), func(ctx context.Context) (*compile.Compiled, error) { return o.compileAnew(ctx, q) })
}

// compileAnew compiles a query for this generation: what it reads is there, its
// joins repeat no fact, and where no fact can be lost they are inner joins.
func (o *Olap) compileAnew(ctx context.Context, q cube.Query) (*compile.Compiled, error) {
	options := o.options()
	c, err := compile.Compile(o.model, q, options)
	if err != nil {
		return nil, err
	}
	if err := o.prove(ctx, c, options); err != nil {
		return nil, err
	}
	return compile.Compile(o.model, q, options)
}

// options are those of a first compilation, which prove completes.
func (o *Olap) options() compile.Options {
	return compile.Options{Lang: o.lang, Complete: map[string]bool{}, Rollups: o.rollups, Depths: o.knownDepths(), AsOf: o.run.day()}
}

// prove checks that what a statement reads is there and sound and that its
// joins repeat no fact, and notes in the options the depths of hierarchies and
// the dimensions whose join loses no fact.
func (o *Olap) prove(ctx context.Context, c *compile.Compiled, options compile.Options) error {
	for _, table := range c.Tables {
		if !o.tables[table] {
			return &MissingTableError{Table: table, Cube: c.Cube.Name}
		}
	}
	for _, u := range c.Unique {
		if err := o.unique(ctx, u); err != nil {
			return err
		}
	}
	for _, h := range c.Trees {
		depth, err := o.soundTree(ctx, h)
		if err != nil {
			return err
		}
		options.Depths[treeID(h)] = depth
	}
	found := map[string]bool{}
	for _, j := range c.Joined {
		missing, err := o.missing(ctx, j.Cube, j.Use)
		if err != nil {
			return err
		}
		all, known := found[j.Use.Name]
		found[j.Use.Name] = missing == 0 && (all || !known)
	}
	maps.Copy(options.Complete, found)
	return nil
}

// tooMany counts what the answer would have had.
func (o *Olap) tooMany(ctx context.Context, c *compile.Compiled) error {
	row, err := engine.One(ctx, o.db, engine.SQL(c.CountSQL, c.Args[:len(c.Args)-1]...))
	if err != nil {
		return err
	}
	n, _ := engine.Int(row[0])
	what := "rows"
	if len(c.Columns) > 0 {
		what = "cells"
	}
	return &LimitError{What: what, Got: n, Limit: int64(c.FetchRows)}
}
