package mysql

import (
	"errors"
	"io"
	"strings"

	"verso/etl/source"
	"verso/etl/source/landing"
	"verso/etl/source/rowgroup"
)

// extract is the reading of one result.
type extract struct {
	plan *plan
	read int64
}

// extract writes the rows of a result into the job's file; rows that cannot be
// read go to its rejects.
func (s *Source) extract(req source.Request, r *result, job *landing.Job) (*extract, error) {
	e := &extract{}
	var err error
	if e.plan, err = s.plan(req, r.rows); err != nil {
		return e, err
	}
	w, err := rowgroup.NewWriter(job.Temp(), e.plan.stored())
	if err != nil {
		return e, landing.Explain(err, req.Path)
	}
	err = e.rows(s.name, r, w, job)
	if closeErr := w.Close(err == nil); err == nil || errors.Is(err, rowgroup.ErrWriter) {
		err = closeErr
	}
	return e, err
}

func (e *extract) rows(name string, r *result, w *rowgroup.Writer, job *landing.Job) error {
	b := w.Next()
	for {
		if err := r.next(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return err
		}
		e.read++
		if reason := e.take(b, r); reason != "" {
			b.Cut(b.Rows)
			if err := job.Reject(name, 0, e.read-1, reason, e.raw(r)); err != nil {
				return err
			}
			continue
		}
		if b.Rows++; b.Rows&0xff == 0 {
			b.Measure()
			if b.Full() {
				if err := w.Write(b); err != nil {
					return err
				}
				b = w.Next()
			}
		}
	}
	if b.Rows > 0 {
		return w.Write(b)
	}
	return nil
}

func (e *extract) take(b *rowgroup.Batch, r *result) string {
	for k := range e.plan.columns {
		c := &e.plan.columns[k]
		if reason := c.take(b, k, r.values[k]); reason != "" {
			return c.Name + ": " + reason
		}
	}
	return ""
}

// raw is the row as text, for the rejects.
func (e *extract) raw(r *result) []byte {
	var b strings.Builder
	for k := range e.plan.columns {
		if k > 0 {
			b.WriteByte('\t')
		}
		b.WriteString(e.plan.columns[k].Name + "=")
		if r.values[k] == nil {
			b.WriteString("NULL")
		} else {
			b.WriteString(e.plan.columns[k].display(r.values[k]))
		}
	}
	return []byte(b.String())
}
