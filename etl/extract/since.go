package extract

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"verso/etl/canon"
	"verso/etl/config"
	"verso/etl/landing"
	"verso/etl/source"
	"verso/olap/engine"
)

// since reads the rows from the last watermark on.
func (r *run) since(ctx context.Context) (*Landed, error) {
	out := &Landed{Position: r.Chain.Position, Direct: true}
	columns := r.Chain.Tail()[0].Columns
	own, err := r.column(columns, r.watermarkColumn())
	if err != nil {
		return out, err
	}
	from, err := r.lower(own)
	if err != nil {
		return out, err
	}
	req := r.request(r.Path)
	req.Only = &source.Only{Column: own.Name, From: from, After: r.Way.By == config.ByKey, Null: r.Way.By != config.ByKey}
	if out.Report, err = r.ask(ctx, req); err != nil || out.Report.Read == 0 {
		return out, err
	}
	if out.Segment, err = r.delta(landing.Delta, out.Report); err != nil {
		return out, err
	}
	out.Position.Watermark, err = r.highest(ctx, out.Report, r.Chain.Position.Watermark)
	return out, err
}

// watermarkColumn is the canonical column that a watermark is kept of.
func (r *run) watermarkColumn() string {
	switch {
	case r.Way.Window != "":
		return r.Way.Window
	case r.Way.By == config.ByKey:
		return r.Table.Key[0]
	}
	return r.Way.By
}

// lower is the last watermark less the overlap; "" without one.
func (r *run) lower(own source.Column) (string, error) {
	last := r.Chain.Position.Watermark
	if last == "" || r.Way.By == config.ByKey {
		return last, nil
	}
	if n, err := strconv.ParseInt(last, 10, 64); err == nil {
		overlap, _ := r.Way.OverlapNumber()
		return strconv.FormatInt(n-overlap, 10), nil
	}
	hours, _ := r.Way.OverlapHours()
	return r.earlier(last, own, time.Duration(hours)*time.Hour)
}

// moments are how watermarks of dates and times are written.
func moments() []string {
	return []string{"2006-01-02 15:04:05.999999Z07:00", "2006-01-02 15:04:05.999999", time.DateOnly}
}

// earlier is a moment less a duration, written as the column's type wants it.
func (r *run) earlier(moment string, own source.Column, by time.Duration) (string, error) {
	for _, layout := range moments() {
		t, err := time.Parse(layout, moment)
		if err != nil {
			continue
		}
		t = t.Add(-by)
		switch {
		case layout == time.DateOnly || own.Type == "DATE":
			return t.Format(time.DateOnly), nil
		case strings.Contains(own.Type, "ZONE"):
			return t.UTC().Format("2006-01-02 15:04:05.999999") + "+00", nil
		}
		return t.Format("2006-01-02 15:04:05.999999"), nil
	}
	return "", &Error{r.Name, fmt.Sprintf("the watermark %q is neither a number nor a date", moment), "choose another column, or run: verso refresh --full"}
}

// highest is the largest value of the watermark column among the landed rows,
// and at least the one before. A moment beyond tomorrow is no watermark: rows
// with it would hide all that come later.
func (r *run) highest(ctx context.Context, report source.Report, before string) (string, error) {
	own, err := r.column(report.Columns, r.watermarkColumn())
	if err != nil {
		return "", err
	}
	value, limit := q(own.Name), r.Now.Add(24*time.Hour).UTC()
	where := ""
	switch {
	case strings.HasPrefix(own.Type, "TIMESTAMP"):
		value = "epoch_us(" + value + ")"
		where = fmt.Sprintf(" WHERE %s <= %d", value, limit.UnixMicro())
	case own.Type == "DATE" || own.Type == "VARCHAR" && r.isMoment():
		value = "CAST(" + value + " AS VARCHAR)"
		where = " WHERE " + value + " <= " + engine.QuoteText(limit.Format(time.DateTime))
	case own.Type == "VARCHAR":
		return "", &Error{r.Name, fmt.Sprintf("the watermark column %s arrives as text", own.Name), "cast it to a number in the SELECT, or use compare: true"}
	}
	row, err := engine.One(ctx, r.conn, engine.SQL("SELECT max("+value+") AS v FROM "+r.dialect.ReadParquet(r.Path)+where))
	if err != nil || row[0] == nil {
		return before, err
	}
	found := engine.Text(row[0])
	if strings.HasPrefix(own.Type, "TIMESTAMP") {
		us, _ := engine.Int(row[0])
		found = time.UnixMicro(us).UTC().Format("2006-01-02 15:04:05.999999")
	}
	if later(before, found) {
		return before, nil
	}
	return found, nil
}

// isMoment reports whether the watermark column is canonically a date or time.
func (r *run) isMoment() bool {
	c, _ := r.Table.Column(r.watermarkColumn())
	return c.Type == canon.Date || c.Type == canon.Timestamp
}

// later reports whether watermark a is beyond b.
func later(a, b string) bool {
	x, errX := strconv.ParseInt(a, 10, 64)
	y, errY := strconv.ParseInt(b, 10, 64)
	if errX == nil && errY == nil {
		return x > y
	}
	return a > b
}

// window reads the last days again, whole.
func (r *run) window(ctx context.Context) (*Landed, error) {
	if r.Chain.Position.Watermark == "" {
		return r.again(ctx, "", "")
	}
	own, err := r.column(r.Chain.Tail()[0].Columns, r.Way.Window)
	if err != nil {
		return &Landed{Position: r.Chain.Position}, err
	}
	from, err := r.earlier(r.Chain.Position.Watermark, source.Column{Name: own.Name, Type: "DATE"}, time.Duration(r.Way.Days)*24*time.Hour)
	if err != nil {
		return &Landed{Position: r.Chain.Position}, err
	}
	return r.again(ctx, from, "")
}

// period reads a period again that the caller names.
func (r *run) period(ctx context.Context) (*Landed, error) {
	out, err := r.again(ctx, r.Period.From.Format(time.DateOnly), r.Period.To.Format(time.DateOnly))
	out.Position = r.Chain.Position // what came since is read by the next refresh
	return out, err
}

// again reads a range of the watermark column. Of a window, rows known in the
// range that were not read are gone; of a watermark they may only have moved on.
func (r *run) again(ctx context.Context, from, to string) (*Landed, error) {
	out := &Landed{Position: r.Chain.Position, Direct: true}
	own, err := r.column(r.Chain.Tail()[0].Columns, r.watermarkColumn())
	if err != nil {
		return out, err
	}
	req := r.request(r.Path)
	req.Only = &source.Only{Column: own.Name, From: from, To: to, Null: to == ""}
	if out.Report, err = r.ask(ctx, req); err != nil {
		return out, err
	}
	if out.Segment, err = r.delta(landing.Delta, out.Report); err != nil {
		return out, err
	}
	if r.Way.Window != "" {
		out.Segment.Window = &landing.Window{Column: r.Way.Window, From: from, To: to, Null: to == ""}
	}
	out.Position.Watermark, err = r.highest(ctx, out.Report, r.Chain.Position.Watermark)
	return out, err
}

// logged reads the keys that the log of changes names, and lists those that are
// no longer there.
func (r *run) logged(ctx context.Context) (*Landed, error) {
	out := &Landed{Position: r.Chain.Position, Direct: true}
	keys, err := r.keys(r.Chain.Tail()[0].Columns)
	if err != nil {
		return out, err
	}
	among := &source.Among{SQL: r.Way.Log, Keys: map[string]string{}, Column: "changed_at", From: r.Chain.Position.Log}
	for i, k := range keys {
		among.Keys[k.Name] = r.Table.Key[i]
		among.Order = append(among.Order, k.Name)
	}
	changes := source.Request{Name: r.Name + ".log", SQL: r.Way.Log, Path: r.Path + logEnding,
		Only: &source.Only{Column: "changed_at", From: r.Chain.Position.Log}}
	logged, err := r.ask(ctx, changes)
	if err != nil || logged.Read == 0 {
		return out, err
	}
	req := r.request(r.Path)
	req.Only = &source.Only{Among: among}
	if out.Report, err = r.ask(ctx, req); err != nil {
		return out, err
	}
	if out.Segment, err = r.delta(landing.Delta, out.Report); err != nil {
		return out, err
	}
	log := r.dialect.ReadParquet(r.Path + logEnding)
	if err := r.gone(ctx, out.Segment, keys, "(SELECT "+list(r.Table.Key[:len(keys)], names(keys))+" FROM "+log+")", r.dialect.ReadParquet(r.Path)); err != nil {
		return out, err
	}
	out.Position.Log, err = r.lastChange(ctx, log, logged)
	return out, errors.Join(err, remove(r.Path+logEnding))
}

// logEnd is where the log stands when everything was read.
func (r *run) logEnd(ctx context.Context) (string, error) {
	req := source.Request{Name: r.Name + ".log", SQL: "SELECT max(changed_at) AS changed_at FROM (\n" + strings.TrimRight(r.Way.Log, "; \t\r\n") + "\n) AS l", Path: r.Path + logEnding}
	report, err := r.ask(ctx, req)
	if err != nil {
		return "", err
	}
	end, err := r.lastChange(ctx, r.dialect.ReadParquet(r.Path+logEnding), report)
	return end, errors.Join(err, remove(r.Path+logEnding))
}

// lastChange is the largest changed_at of landed log rows.
func (r *run) lastChange(ctx context.Context, from string, report source.Report) (string, error) {
	own := ""
	for _, c := range report.Columns {
		if strings.EqualFold(c.Name, "changed_at") {
			own = c.Type
		}
	}
	value := `CAST(max("changed_at") AS VARCHAR)`
	if strings.HasPrefix(own, "TIMESTAMP") {
		value = `epoch_us(max("changed_at"))`
	}
	row, err := engine.One(ctx, r.conn, engine.SQL("SELECT "+value+" AS v FROM "+from))
	if err != nil || row[0] == nil {
		return r.Chain.Position.Log, err
	}
	if !strings.HasPrefix(own, "TIMESTAMP") {
		return engine.Text(row[0]), nil
	}
	us, _ := engine.Int(row[0])
	text := time.UnixMicro(us).UTC().Format("2006-01-02 15:04:05.999999")
	if strings.Contains(own, "ZONE") {
		text += "+00"
	}
	return text, nil
}
