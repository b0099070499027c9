package duck

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	duckdb "github.com/duckdb/duckdb-go/v2"

	"verso/olap/engine"
)

// RefusedError says why a person's SQL is not run.
type RefusedError struct {
	What string // what was found
	Hint string // what to do instead
}

// Error says both.
func (e *RefusedError) Error() string { return "refused: " + e.What + ": " + e.Hint }

// CheckSelect lets through one SELECT (also FROM, VALUES, DESCRIBE, SHOW,
// SUMMARIZE, or an EXPLAIN of one) that calls nothing but functions over the
// tables of the file, and has no parameters. Anything else is a *RefusedError;
// what does not parse is a *engine.StatementError. It only parses: nothing of sql
// is run or bound.
func (db *DB) CheckSelect(ctx context.Context, sql string) error {
	shape, err := db.Gate(ctx, sql)
	if err == nil && len(shape.Parameters) > 0 {
		return &RefusedError{"the statement has parameters (? or $name)", "write the values into it"}
	}
	return err
}

// Shape is what is known of a statement before it runs.
type Shape struct {
	Parameters []string // names in the order in which they are bound: 1, 2 … or as in $name
	Columns    []string // of the result
}

// Gate is CheckSelect for statements that may have parameters.
func (db *DB) Gate(ctx context.Context, sql string) (*Shape, error) {
	inner := WithoutExplain(sql)
	tree, err := db.parse(ctx, sql, inner)
	if err != nil {
		return nil, err
	}
	if len(tree.Statements) != 1 {
		return nil, &RefusedError{
			fmt.Sprintf("%d statements", len(tree.Statements)),
			"give exactly one SELECT",
		}
	}
	denied, err := db.deniedFunctions(ctx)
	if err != nil {
		return nil, err
	}
	g := gate{ctx: ctx, db: db, denied: denied}
	if err := g.walk(tree.Statements[0]); err != nil {
		return nil, err
	}
	return db.shape(ctx, sql)
}

// syntax is what json_serialize_sql says of a text.
type syntax struct {
	Error      bool   `json:"error"`
	Kind       string `json:"error_type"`
	Message    string `json:"error_message"`
	Position   string `json:"position"` // of the error: a byte, from 0
	Statements []any  `json:"statements"`
}

// parse reads inner, which is sql without its EXPLAIN.
func (db *DB) parse(ctx context.Context, sql, inner string) (syntax, error) {
	var tree syntax
	row, err := engine.One(ctx, db, engine.SQL(`SELECT json_serialize_sql(CAST(? AS VARCHAR)) AS "tree"`, inner))
	if err != nil {
		return tree, err
	}
	if err := json.Unmarshal([]byte(engine.Text(row[0])), &tree); err != nil {
		return tree, fmt.Errorf("duck: read the syntax tree: %w", err)
	}
	switch {
	case !tree.Error:
		return tree, nil
	case tree.Kind == "parser":
		return tree, &engine.StatementError{SQL: sql, Message: "Parser Error: " + tree.Message + mark(sql, len(sql)-len(inner), tree.Position)}
	}
	return tree, &RefusedError{
		"this is not a SELECT",
		"only SELECT, FROM, VALUES, DESCRIBE, SHOW, SUMMARIZE and EXPLAIN of them run here; " +
			"the published warehouse is read-only, and PIVOT needs its values listed: PIVOT … ON column IN ('a', 'b') inside FROM (…)",
	}
}

// mark shows the line of an error and a mark under its place, as DuckDB does; ""
// where the place is not told.
func mark(sql string, lead int, position string) string {
	at, err := strconv.Atoi(position)
	if at += lead; err != nil || at > len(sql) {
		return ""
	}
	start := strings.LastIndexByte(sql[:at], '\n') + 1
	line, _, _ := strings.Cut(sql[start:], "\n")
	head := fmt.Sprintf("LINE %d: ", strings.Count(sql[:at], "\n")+1)
	return "\n\n" + head + line + "\n" + strings.Repeat(" ", utf8.RuneCountInString(head+sql[start:at])) + "^"
}

// shape asks DuckDB for the kind of the statement, should the tree have been
// read wrongly, and for its parameters and columns.
func (db *DB) shape(ctx context.Context, sql string) (*Shape, error) {
	c, err := db.take(ctx, true)
	if err != nil {
		return nil, err
	}
	defer db.give(c)
	stmt, err := c.raw.Prepare(sql)
	if err != nil {
		return nil, statementError(ctx, sql, err)
	}
	defer stmt.Close()
	prepared := stmt.(*duckdb.Stmt)
	kind, err := prepared.StatementType()
	if err != nil {
		return nil, err
	}
	if kind != duckdb.STATEMENT_TYPE_SELECT && kind != duckdb.STATEMENT_TYPE_EXPLAIN {
		return nil, &RefusedError{"this is not a SELECT", "give exactly one SELECT"}
	}
	shape := &Shape{}
	for i := range max(prepared.NumInput(), 0) {
		name, err := prepared.ParamName(i + 1)
		if err != nil {
			return nil, err
		}
		shape.Parameters = append(shape.Parameters, name)
	}
	n, err := prepared.ColumnCount()
	for i := 0; i < n && err == nil; i++ {
		var name string
		name, err = prepared.ColumnName(i)
		shape.Columns = append(shape.Columns, name)
	}
	return shape, err
}

// tableFunctions may stand in FROM.
var tableFunctions = []string{
	"duckdb_columns", "duckdb_constraints", "duckdb_databases", "duckdb_extensions", "duckdb_functions",
	"duckdb_indexes", "duckdb_keywords", "duckdb_memory", "duckdb_schemas", "duckdb_sequences",
	"duckdb_settings", "duckdb_tables", "duckdb_types", "duckdb_variables", "duckdb_views",
	"generate_series", "histogram", "histogram_values", "icu_calendar_names", "json_each", "json_tree",
	"pg_timezone_names", "pragma_database_size", "pragma_show", "pragma_storage_info", "pragma_table_info",
	"pragma_version", "query", "query_table", "range", "repeat", "repeat_row", "summary", "test_all_types",
	"unnest", "unzip", "sql_auto_complete",
}

// refusedTables are views of what other people do or of secrets.
var refusedTables = []string{"duckdb_log_contexts", "duckdb_logs", "duckdb_logs_parsed", "duckdb_secrets"}

// gate walks a syntax tree.
type gate struct {
	ctx    context.Context
	db     *DB
	denied map[string]bool // functions that may stand nowhere
	depth  int             // of query('…') inside query('…')
}

func (g *gate) walk(node any) error {
	switch n := node.(type) {
	case []any:
		for _, child := range n {
			if err := g.walk(child); err != nil {
				return err
			}
		}
	case map[string]any:
		if err := g.node(n); err != nil {
			return err
		}
		for _, key := range slices.Sorted(maps.Keys(n)) {
			if err := g.walk(n[key]); err != nil {
				return err
			}
		}
	}
	return nil
}

// node judges one node without its children.
func (g *gate) node(n map[string]any) error {
	if table, ok := n["table_name"].(string); ok {
		if err := checkTable(table); err != nil {
			return err
		}
	}
	if n["type"] == "TABLE_FUNCTION" {
		function, _ := n["function"].(map[string]any)
		name, _ := function["function_name"].(string)
		name = strings.ToLower(name)
		if !slices.Contains(tableFunctions, name) {
			return &RefusedError{
				"the function " + name + "() in FROM",
				"here FROM takes tables and views of the warehouse (SHOW ALL TABLES lists them) and range, generate_series, unnest, json_each, duckdb_columns and the like; files are read by `verso refresh`",
			}
		}
		return g.dynamic(name, function)
	}
	name, _ := n["function_name"].(string)
	name = strings.ToLower(name)
	if strings.HasPrefix(name, "read_") || g.denied[name] {
		return &RefusedError{
			"the function " + name + "()",
			"it reaches outside of the warehouse or changes the server: leave it out",
		}
	}
	return nil
}

// checkTable refuses names that DuckDB would take for files, and views of what
// other people do.
func checkTable(name string) error {
	lower := strings.ToLower(name)
	if slices.Contains(refusedTables, lower) {
		return &RefusedError{"the table " + name, "it shows what others run: leave it out"}
	}
	switch strings.TrimPrefix(path.Ext(lower), ".") {
	case "csv", "tsv", "txt", "parquet", "json", "jsonl", "ndjson", "db", "duckdb", "ddb", "arrow", "arrows", "gz", "zst", "xlsx":
	default:
		if !strings.ContainsAny(name, `/\:*`) {
			return nil
		}
	}
	return &RefusedError{
		fmt.Sprintf("%q reads like a file", name),
		"only tables and views of the warehouse can be read (SHOW ALL TABLES lists them)",
	}
}

// dynamic looks into the texts that query() and query_table() turn into SQL.
func (g *gate) dynamic(name string, function map[string]any) error {
	if name != "query" && name != "query_table" {
		return nil
	}
	arguments, _ := function["children"].([]any)
	texts, ok := constants(arguments)
	if !ok {
		return &RefusedError{"a computed text in " + name + "()", "write its text as one plain '…', or write the query itself"}
	}
	for _, text := range texts {
		if name == "query_table" {
			if err := checkTable(text); err != nil {
				return err
			}
			continue
		}
		if g.depth++; g.depth > 3 {
			return &RefusedError{"query() inside query()", "write the query itself"}
		}
		tree, err := g.db.parse(g.ctx, text, text)
		if err != nil {
			return err
		}
		if err := g.walk(tree.Statements); err != nil {
			return err
		}
		g.depth--
	}
	return nil
}

// constants reads the text constants among arguments, also inside list_value();
// ok is false when a text is computed.
func constants(arguments []any) (texts []string, ok bool) {
	for _, a := range arguments {
		n, _ := a.(map[string]any)
		if children, isList := n["children"].([]any); isList && n["function_name"] == "list_value" {
			inner, ok := constants(children)
			if !ok {
				return nil, false
			}
			texts = append(texts, inner...)
			continue
		}
		if n["class"] != "CONSTANT" {
			return nil, false
		}
		value, _ := n["value"].(map[string]any)
		if text, isText := value["value"].(string); isText {
			texts = append(texts, text)
		}
	}
	return texts, true
}

// WithoutExplain cuts a leading EXPLAIN [ANALYZE] [(options)] off.
func WithoutExplain(sql string) string {
	rest, ok := cutWord(sql, "explain")
	if !ok {
		return sql
	}
	if after, ok := cutWord(rest, "analyze"); ok {
		rest = after
	} else if after, ok := cutWord(rest, "analyse"); ok {
		rest = after
	}
	if text := afterBlank(rest); strings.HasPrefix(text, "(") {
		options, after, found := strings.Cut(text, ")")
		_, isSelect := cutWord(options[1:], "select")
		_, isWith := cutWord(options[1:], "with")
		if found && !isSelect && !isWith {
			rest = after
		}
	}
	return rest
}

// cutWord cuts a keyword off the start of a text, after blanks and comments.
func cutWord(sql, word string) (rest string, found bool) {
	text := afterBlank(sql)
	if len(text) < len(word) || !strings.EqualFold(text[:len(word)], word) {
		return sql, false
	}
	rest = text[len(word):]
	if rest != "" && isName(rest[0]) {
		return sql, false
	}
	return rest, true
}

// afterBlank skips blanks and comments.
func afterBlank(sql string) string {
	for {
		sql = strings.TrimLeft(sql, " \t\r\n\f\v")
		if !strings.HasPrefix(sql, "--") && !strings.HasPrefix(sql, "/*") {
			return sql
		}
		sql = sql[skip(sql, 0):]
	}
}

// StatementEnd is where the statement that begins at start ends: its semicolon,
// or the end of the text.
func StatementEnd(sql string, start int) int {
	for i := start; i < len(sql); {
		if end := skip(sql, i); end > i {
			i = end
			continue
		}
		if sql[i] == ';' {
			return i
		}
		i++
	}
	return len(sql)
}

// BlankEnd is how many bytes of blanks and comments a text begins with.
func BlankEnd(sql string) int { return len(sql) - len(afterBlank(sql)) }
