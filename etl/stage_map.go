package etl

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"verso/etl/cast"
	"verso/etl/source"
	"verso/olap/engine"
)

// resolve finds the columns that a mapping yields and checks them against the
// canonical table.
// Without work only the columns are found, no rows are worked out.
func (s *State) resolve(ctx context.Context, l *Load, work bool) (*staging, error) {
	st := &staging{
		table: l.table, source: l.Source, load: l.no, columns: map[string]mapped{},
		textIDs: s.textIDs(), decimal: s.Config.Sources[l.Source].Decimal, how: map[string]cast.Reading{},
	}
	var err error
	switch {
	case l.Extract.SQL != "":
		st.from, st.hasRow = "("+s.landedRows(l.Extract)+")", true
		err = s.takeNamed(l, st, l.Extract.Report.Columns)
	case l.Mapping.Select != "":
		err = s.takeSelect(ctx, l, st, work)
	default:
		st.from, st.hasRow = q(l.Extract.Source), true
		err = s.takeColumns(l, st)
	}
	if err != nil {
		return nil, err
	}
	return st, s.complete(l, st)
}

// takeColumns maps by the list of verso.yaml.
func (s *State) takeColumns(l *Load, st *staging) error {
	have := l.Extract.Report.Columns
	for _, name := range slices.Sorted(maps.Keys(l.Mapping.Columns)) {
		if _, ok := l.table.Column(name); !ok {
			return s.unknownColumn(l, name)
		}
		wanted := l.Mapping.Columns[name]
		i := findColumn(have, wanted)
		if i < 0 {
			_, hint := l.origin.formerly(wanted)
			if hint == "" {
				hint = nearHint(wanted, columnNames(have), "columns")
			}
			return s.mappingError(l.Table, l.Mapping, fmt.Sprintf("column %s is mapped from %q, which the source does not have", name, wanted), hint)
		}
		st.columns[name] = mapped{have[i].Name, have[i].Type}
	}
	return nil
}

// takeSelect maps by a SELECT over the extract.
func (s *State) takeSelect(ctx context.Context, l *Load, st *staging, work bool) error {
	text := strings.TrimRight(strings.TrimSpace(l.Mapping.Select), "; \t\r\n")
	described, err := s.describe(ctx, text)
	if err != nil {
		return s.selectError(l, err)
	}
	st.from, st.count = "(\n"+text+"\n)", true
	var columns []source.Column
	for _, c := range described {
		if strings.EqualFold(c.Name, "_row") {
			st.hasRow = true
			continue
		}
		columns = append(columns, c)
	}
	if err := s.takeNamed(l, st, columns); err != nil {
		return err
	}
	if st.hasRow || !work {
		return nil
	}
	// Grouped or joined rows are worked out once: reading them again must give
	// the same rows.
	st.temporary = q(fmt.Sprintf("_selected_%s_%d", l.Table, l.no))
	if _, err := s.exec(ctx, "CREATE TEMP TABLE "+st.temporary+" AS\n"+text); err != nil {
		return s.selectError(l, err)
	}
	st.from = st.temporary
	return nil
}

// describe lists the columns of a SELECT.
func (s *State) describe(ctx context.Context, text string) ([]source.Column, error) {
	var out []source.Column
	err := engine.Rows(ctx, s.Conn, engine.SQL("DESCRIBE "+text), func(row []any) error {
		out = append(out, source.Column{Name: engine.Text(row[0]), Type: engine.Text(row[1])})
		return nil
	})
	return out, err
}

// takeNamed maps columns that already have canonical names.
func (s *State) takeNamed(l *Load, st *staging, columns []source.Column) error {
	for _, c := range columns {
		name := strings.ToLower(c.Name)
		if _, ok := l.table.Column(name); !ok {
			return s.unknownColumn(l, c.Name)
		}
		if _, twice := st.columns[name]; twice {
			return s.mappingError(l.Table, l.Mapping, fmt.Sprintf("the SELECT returns column %s twice", name), "")
		}
		st.columns[name] = mapped{c.Name, c.Type}
	}
	return nil
}

func (s *State) unknownColumn(l *Load, name string) error {
	names := make([]string, len(l.table.Columns))
	for i, c := range l.table.Columns {
		names[i] = c.Name
	}
	return s.mappingError(l.Table, l.Mapping, fmt.Sprintf("table %s has no column %q", l.Table, name), nearHint(name, names, "columns"))
}

// complete checks that every required column is mapped.
func (s *State) complete(l *Load, st *staging) error {
	var missing []string
	for _, c := range l.table.Columns {
		if _, ok := st.columns[c.Name]; c.Required && !ok && !c.Numbered && c.Default == "" {
			missing = append(missing, c.Name)
		}
	}
	if len(missing) > 0 {
		return s.mappingError(l.Table, l.Mapping, "nothing is mapped to "+strings.Join(missing, ", ")+", which every row needs",
			"columns of the source: "+strings.Join(columnNames(l.Extract.Report.Columns), ", "))
	}
	if len(st.columns) == 0 {
		return s.mappingError(l.Table, l.Mapping, "no column is mapped", "")
	}
	return nil
}

// findColumn finds a source column by name, exactly or else in any case.
func findColumn(have []source.Column, name string) int {
	if i := slices.IndexFunc(have, func(c source.Column) bool { return c.Name == name }); i >= 0 {
		return i
	}
	return slices.IndexFunc(have, func(c source.Column) bool { return strings.EqualFold(c.Name, name) })
}

func columnNames(columns []source.Column) []string {
	out := make([]string, len(columns))
	for i, c := range columns {
		out[i] = c.Name
	}
	return out
}

func isStatementError(err error) bool {
	var se *engine.StatementError
	return errors.As(err, &se)
}

// statementCause is the engine's message alone, its LINE counted inside the
// SELECT of the mapping.
func statementCause(err error, text string) error {
	var se *engine.StatementError
	if !errors.As(err, &se) {
		return err
	}
	message := se.Message
	text = strings.TrimRight(strings.TrimSpace(text), "; \t\r\n")
	if before, _, ok := strings.Cut(se.SQL, text); ok {
		above := strings.Count(before, "\n")
		message = linePlace.ReplaceAllStringFunc(message, func(place string) string {
			line, err := strconv.Atoi(place[len("LINE ") : len(place)-1])
			if err != nil || line <= above || line > above+1+strings.Count(text, "\n") {
				return place
			}
			return "LINE " + strconv.Itoa(line-above) + ":"
		})
	}
	return errors.New(message)
}

var linePlace = regexp.MustCompile(`\bLINE \d+:`)

// findName is the source's own spelling of a column.
func findName(have []source.Column, name string) string {
	if i := findColumn(have, name); i >= 0 {
		return have[i].Name
	}
	return name
}
