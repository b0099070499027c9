package etl

import (
	"context"
	"embed"
	"fmt"
	"strings"

	"verso/olap/engine"
)

//go:embed sql/*.sql
var scripts embed.FS

// script is an embedded SQL file.
func script(name string) (string, error) {
	text, err := scripts.ReadFile("sql/" + name + ".sql")
	return string(text), err
}

const insertReconciliation = `INSERT INTO meta.reconciliation SELECT ?, ?, a, b, c, a - b - c, ? FROM (SELECT CAST(? AS DECIMAL(38,4)) AS a, CAST(? AS DECIMAL(38,4)) AS b, CAST(? AS DECIMAL(38,4)) AS c) AS v`

// reconcile follows rows, copies and amounts from the source to the facts; what
// does not arrive is explained, and nothing may be left over.
func (s *State) reconcile(ctx context.Context) error {
	add := func(subject, unit, source, warehouse, explained, detail string) error {
		_, err := s.exec(ctx, insertReconciliation, subject, unit, detail, source, warehouse, explained)
		return err
	}
	count := func(n int64) string { return fmt.Sprint(n) }
	if _, err := s.exec(ctx, "DELETE FROM meta.reconciliation"); err != nil {
		return err
	}
	for _, x := range s.Extracts {
		if err := add("extract "+x.Name, "records", count(x.Report.Read), count(x.Report.Landed), count(x.Report.Rejected), "read, landed; rejected because they are no rows"); err != nil {
			return err
		}
	}
	for _, l := range s.Loads {
		if landed := l.Extract.Report.Landed; l.Run.Read > 0 && l.Selected != landed {
			if err := add(l.subject()+": selected", "rows", count(landed), count(l.Selected), count(landed-l.Selected), "landed, selected; left out, grouped or joined by the mapping's SELECT"); err != nil {
				return err
			}
		}
		if err := add(l.subject(), "rows", count(l.Read), count(l.Loaded), count(l.Quarantined), "read, loaded; quarantined"); err != nil {
			return err
		}
	}
	if err := s.reconcileUnread(add); err != nil {
		return err
	}
	if err := s.reconcileSums(ctx, add); err != nil {
		return err
	}
	return s.reconcileFacts(ctx)
}

func (l *Load) subject() string { return l.Table + " from " + l.Source }

// reconcileSums compares what the numeric columns added up to when they were
// read with what the stage tables add up to now.
func (s *State) reconcileSums(ctx context.Context, add func(subject, unit, source, warehouse, explained, detail string) error) error {
	for _, c := range s.sums {
		row, err := engine.One(ctx, s.Conn, engine.SQL(fmt.Sprintf(`SELECT sum(CAST(%s AS DECIMAL(18,4))) FROM %s WHERE "source" = ?`, q(c.Column), stageName(c.Table)), c.Source))
		if err != nil {
			return err
		}
		if err := add(c.Table+"."+c.Column+" from "+c.Source, c.Unit, c.All, zero(row[0]), c.Bad, sumDetail); err != nil {
			return err
		}
	}
	return nil
}

// reconcileFacts compares the stage tables with the facts built from them.
func (s *State) reconcileFacts(ctx context.Context) error {
	for _, table := range []string{"order_line", "return_line"} {
		if !s.mapped(table) {
			continue
		}
		text, err := script("reconcile_" + table)
		if err != nil {
			return err
		}
		if _, err := s.exec(ctx, strings.TrimSpace(text)); err != nil {
			return err
		}
	}
	return nil
}

const sumDetail = "sum read, sum staged; sum of quarantined and replaced rows"

// reconcileUnread takes over what the last generation says of tables of which
// nothing new was read.
func (s *State) reconcileUnread(add func(subject, unit, source, warehouse, explained, detail string) error) error {
	for _, b := range s.old.balances {
		table, _, ok := strings.Cut(b[0], ".")
		if t := s.table(table); !ok || t == nil || s.changes[table] != nil || !s.known(t) || b[5] != sumDetail {
			continue
		}
		if err := add(b[0], b[1], b[2], b[3], b[4], b[5]); err != nil {
			return err
		}
	}
	return nil
}
