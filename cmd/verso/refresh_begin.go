package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"verso/etl"
	"verso/etl/extract"
	"verso/olap/warehouse"
)

// parsePeriod reads FROM:TO, both dates included; "" is nil.
func parsePeriod(text string) (*extract.Period, error) {
	if text == "" {
		return nil, nil
	}
	from, to, ok := strings.Cut(text, ":")
	first, errFirst := time.Parse(time.DateOnly, from)
	last, errLast := time.Parse(time.DateOnly, to)
	if !ok || errFirst != nil || errLast != nil {
		return nil, fmt.Errorf("%q is no period: write two dates, such as 2026-01-01:2026-03-31", text)
	}
	if last.Before(first) {
		return nil, fmt.Errorf("%q ends before it begins", text)
	}
	return &extract.Period{From: first, To: last.AddDate(0, 0, 1)}, nil
}

func (j *refreshJob) mode() etl.Mode {
	switch {
	case j.flags.full:
		return etl.ModeFull
	case j.flags.landing:
		return etl.ModeLanding
	}
	return etl.ModeAuto
}

// begin starts the draft: a copy of the published generation where an increment
// can go on from it, else empty; or it takes up that of a refresh that died. It
// tells which and why, and notes what the published generation stands on.
func (j *refreshJob) begin(ctx context.Context, o *etl.Options) error {
	base, err := j.base(ctx)
	if err != nil {
		return err
	}
	o.Base = base
	if taken, err := j.takeUp(ctx, o); taken || err != nil {
		return err
	}
	copied, why := j.flags.landing, "--from-landing"
	switch {
	case j.flags.landing:
		copied = false
	case base == nil:
		why = "no earlier generation says what it stands on"
	default:
		copied, why = base.Suits(j.config, nil)
	}
	if !copied {
		j.log.Info("refresh", "into", "an empty generation", "because", why)
		j.draft, err = j.warehouse.Begin(ctx, "new")
		return err
	}
	kind := "incremental"
	if j.flags.full {
		kind = "everything anew"
	}
	j.log.Info("refresh", "kind", kind, "into", "a copy of "+base.Generation)
	if j.draft, err = j.warehouse.BeginFrom(ctx, "new"); err != nil {
		return err
	}
	base.Copied = true
	return nil
}

// base reads what the published generation stands on; nil without one.
func (j *refreshJob) base(ctx context.Context) (*etl.Base, error) {
	snapshot, err := j.warehouse.Acquire(ctx)
	var none *warehouse.NoGenerationError
	if errors.As(err, &none) {
		return nil, nil
	}
	if err != nil {
		j.log.Warn("the published generation cannot be read, so everything is built anew", "error", err)
		return nil, nil //nolint:nilerr // told above; a refresh is what mends it
	}
	base, err := etl.ReadBase(ctx, snapshot.DB(), snapshot.Generation().Name)
	return base, errors.Join(err, snapshot.Release())
}
