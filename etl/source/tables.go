package source

import "context"

// Lister tells what a database holds. The shipped databases have it.
type Lister interface {
	// Tables lists the tables and views that the user may read, in the order of
	// schema and name. A table's columns, types and rows are to be had with
	// Columns and Sample, asked with Table.Select.
	Tables(ctx context.Context) ([]Table, error)
}

// Table is one table or view of a database.
type Table struct {
	Schema string // "" where there is none, or it is the usual one
	Name   string
	Select string // SELECT of all its columns by name, in the database's own SQL
	View   bool
	// Rows is the database's own estimate; -1 when it has none.
	Rows    int64
	Columns []TableColumn
	Primary []string // columns of the primary key, in its order
	Foreign []ForeignKey
}

// TableColumn is one column as declared.
type TableColumn struct {
	Name     string
	Type     string // in the database's own words
	Nullable bool
}

// ForeignKey says that Columns refer to the columns To of a table.
type ForeignKey struct {
	Columns []string
	Schema  string // of the other table, as in Table
	Table   string
	To      []string
}

// Checker tells whether a source is there, cheaply: nothing is read.
type Checker interface {
	// Check returns a line for people about what answers: the server's version,
	// the size of the file. The error is that of Land.
	Check(ctx context.Context) (string, error)
}
