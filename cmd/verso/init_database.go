package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"verso/etl/canon/preset"
	"verso/etl/canon/propose"
	"verso/etl/canon/system"
	"verso/etl/config"
	"verso/etl/source"
	"verso/olap/engine"
)

// tableSample are how many rows of each table of a database are looked at.
const tableSample = 200

// lookedAt is a database that was looked at, or could not be.
type lookedAt struct {
	kind   string
	path   string // of SQLite, as it shall stand in verso.yaml
	tables []system.Table
	err    error // why it was not looked at
}

var variable = regexp.MustCompile(`\$\{(\w+)\}`)

// lookAtDatabase inspects what --dsn names. The connection string is never
// repeated in an error.
func (a *app) lookAtDatabase(ctx context.Context, f initFlags) lookedAt {
	dsn, unset := f.dsn, ""
	dsn = variable.ReplaceAllStringFunc(dsn, func(m string) string {
		value, ok := a.env(m[2 : len(m)-1])
		if !ok && unset == "" {
			unset = m[2 : len(m)-1]
		}
		return value
	})
	l := lookedAt{kind: kindOf(dsn)}
	if unset != "" {
		l.kind, l.err = "", fmt.Errorf("the environment variable %s is not set", unset)
		return l
	}
	s := config.Source{Kind: l.kind, DSN: dsn}
	if l.kind == "sqlite" {
		path := strings.TrimPrefix(strings.TrimPrefix(dsn, "sqlite://"), "sqlite:")
		absolute, err := filepath.Abs(path)
		if err != nil {
			l.err = err
			return l
		}
		if base, err := filepath.Abs(f.dir); err == nil {
			if l.path, err = filepath.Rel(base, absolute); err != nil {
				l.path = absolute
			}
		}
		s = config.Source{Kind: l.kind, Path: absolute}
	}
	l.tables, l.err = listTables(ctx, s)
	return l
}

// kindOf tells the kind of database from the form of a connection string: what
// is neither PostgreSQL's nor MySQL's is the path of a SQLite file.
func kindOf(dsn string) string {
	lower := strings.ToLower(dsn)
	switch {
	case strings.HasPrefix(lower, "postgres://"), strings.HasPrefix(lower, "postgresql://"), keywords.MatchString(dsn):
		return "postgres"
	case strings.HasPrefix(lower, "mysql://"), strings.HasPrefix(lower, "mariadb://"), driverForm.MatchString(dsn):
		return "mysql"
	}
	return "sqlite"
}

var (
	keywords   = regexp.MustCompile(`(^|\s)(host|dbname|user|service)\s*=`)
	driverForm = regexp.MustCompile(`@(tcp|tcp6|unix)?\(.*\)/`)
)

// listTables lists the tables of a database, with some rows of each.
func listTables(ctx context.Context, s config.Source) ([]system.Table, error) {
	spool, err := os.MkdirTemp("", "verso-init-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(spool)
	opened, err := openSource("source", s, places{spool: spool})
	if err != nil {
		return nil, err
	}
	defer opened.Close()
	lister, ok := opened.(source.Lister)
	if !ok {
		return nil, fmt.Errorf("a source of kind %s cannot list its tables", s.Kind)
	}
	listed, err := lister.Tables(ctx)
	if err != nil {
		return nil, err
	}
	conn, closeEngine, err := inMemory(ctx)
	if err != nil {
		return nil, err
	}
	defer closeEngine()
	var tables []system.Table
	for _, t := range listed {
		seen := described(t)
		if sampler, ok := opened.(source.Sampler); ok && !t.View && len(t.Columns) > 0 {
			if err := sample(ctx, conn, sampler, &seen); err != nil {
				return nil, err
			}
		}
		tables = append(tables, seen)
	}
	return tables, ctx.Err()
}

// described is a table as its database declares it.
func described(t source.Table) system.Table {
	seen := system.Table{Schema: t.Schema, Name: t.Name, Rows: t.Rows, Primary: t.Primary, Select: t.Select, View: t.View}
	for _, c := range t.Columns {
		seen.Columns = append(seen.Columns, system.Column{Name: c.Name, Type: c.Type})
	}
	for _, f := range t.Foreign {
		seen.Foreign = append(seen.Foreign, system.ForeignKey{Columns: f.Columns, Table: f.Table, To: f.To})
	}
	return seen
}

// sample adds some rows; a table that cannot be read stays without.
func sample(ctx context.Context, conn engine.Conn, sampler source.Sampler, t *system.Table) error {
	rows, err := sampler.Sample(ctx, conn, source.Request{Name: t.Name, SQL: t.Select}, tableSample)
	if err != nil {
		return ctx.Err()
	}
	for _, row := range rows {
		for i := range t.Columns {
			if i < len(row) {
				t.Columns[i].Samples = append(t.Columns[i].Samples, row[i])
			}
		}
	}
	return nil
}

// proposal writes a configuration for sources nobody has named a preset for: a
// database with --dsn, else files.
func (a *app) proposal(cmd *cobra.Command, f initFlags) ([]byte, preset.Report, error) {
	if f.dsn == "" && len(f.files) == 0 {
		return nil, preset.Report{}, usagef(cmd.CommandPath(), "name a preset, or a source to look at with --dsn or --file; presets: %s", strings.Join(presetNames(), ", "))
	}
	o := propose.Options{Company: f.company, Currency: f.currency, Language: f.language, Scalar: preset.Scalar, Source: "source"}
	o.Company, o.Currency, o.Language = or(o.Company, "Your company"), or(o.Currency, "CNY"), or(o.Language, "en")
	var tables []system.Table
	if f.dsn != "" {
		if err := preset.Password(f.dsn); err != nil {
			return nil, preset.Report{}, &configError{err}
		}
		looked := a.lookAtDatabase(cmd.Context(), f)
		if looked.err != nil {
			return nil, preset.Report{}, looked.failure(f.dsn)
		}
		if certain, _ := system.Recognised(looked.tables); len(certain) == 1 {
			return recognised(certain[0], looked, f)
		}
		o.Kind, o.DSN, o.Path, o.Looked = looked.kind, f.dsn, looked.path, "the database "+f.dsn
		tables = looked.tables
		o.Likely = likely(looked.tables)
	} else {
		files, err := lookAtFiles(cmd.Context(), f)
		if err != nil {
			return nil, preset.Report{}, err
		}
		o.Kind, o.Looked, tables = "file", strings.Join(f.files, ", "), preset.FileTables(files)
	}
	tables, notes := propose.Usable(tables)
	p := propose.From(slices.DeleteFunc(tables, func(t system.Table) bool { return t.View }))
	text, used, err := p.Render(o)
	report := preset.Report{Tables: used, Notes: append(slices.Clone(o.Likely), notes...)}
	for _, t := range p.Tables {
		report.Proposed = append(report.Proposed, t.Summary())
	}
	var incomplete *propose.IncompleteError
	if errors.As(err, &incomplete) {
		report.Notes = append(report.Notes, incomplete.Error())
	}
	return text, report, nil
}

func or(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// failure is the error of a database that could not be looked at.
func (l lookedAt) failure(dsn string) error {
	var unreadable *source.UnreadableError
	var bad *configError
	if errors.As(l.err, &unreadable) || errors.As(l.err, &bad) {
		return l.err
	}
	return &configError{fmt.Errorf("--dsn %s cannot be looked at: %w", dsn, l.err)}
}

// recognised renders the preset of the system that a database is of.
func recognised(s system.System, looked lookedAt, f initFlags) ([]byte, preset.Report, error) {
	text, report, err := preset.Render(s.Name, preset.Inputs{DSN: f.dsn, Kind: looked.kind, Database: looked.path, Tables: looked.tables,
		Company: f.company, Currency: f.currency, Language: f.language})
	report.Notes = append([]string{fmt.Sprintf("this is %s: it has the tables %s", s.Title, strings.Join(s.Recognise, ", "))}, report.Notes...)
	if err != nil {
		return nil, report, &configError{err}
	}
	return text, report, nil
}

// likely tells of systems that a database has some of the tables of.
func likely(tables []system.Table) []string {
	var notes []string
	certain, some := system.Recognised(tables)
	for _, s := range append(certain, some...) {
		notes = append(notes, fmt.Sprintf("some tables are like those of %s (%s): verso init %s tells what it lacks", s.Title, strings.Join(s.Recognise, ", "), s.Name))
	}
	return append(notes, system.Known(tables)...)
}

func presetNames() []string {
	var names []string
	for _, p := range preset.List() {
		names = append(names, p.Name)
	}
	return names
}
