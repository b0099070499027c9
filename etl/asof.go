package etl

import (
	"context"
	"fmt"
	"time"

	"verso/etl/config"
	"verso/olap/engine"
)

// tellAsOf warns of a run as of a day before that of the last generation: what it
// loads is nevertheless what the sources have now.
func (s *State) tellAsOf() {
	day := s.AsOf.Format(time.DateOnly)
	if s.Base == nil || s.Base.asOf <= day {
		return
	}
	s.Log.Warn("as of an earlier day than the last generation: balances, ages and scores are reckoned as of that day over the rows the sources have now",
		"as_of", day, "last", s.Base.asOf)
}

// findAsOf takes the as-of date from the configuration, or for "latest" the
// last order date found; dates such as 9999-12-31, by which systems mean none,
// are not looked at.
func (s *State) findAsOf(ctx context.Context) error {
	if date, ok := s.Config.AsOfDate(); ok {
		s.AsOf = date
		return nil
	}
	row, err := engine.One(ctx, s.Conn, engine.SQL(fmt.Sprintf(
		`SELECT CAST(max("order_date") AS DATE) AS "last" FROM stage."order_header" WHERE "order_date" >= DATE '%d-01-01' AND "order_date" < DATE '%d-01-01'`,
		config.FirstYear, config.LastYear+1)))
	if err != nil {
		return err
	}
	last, ok := row[0].(time.Time)
	if !ok {
		return &RefusedError{Table: "order_header", What: "no order was loaded, so as_of: latest has no date",
			Hint: fmt.Sprintf("look at what order_header reads, or set as_of: YYYY-MM-DD in %s", s.Config.File)}
	}
	s.AsOf = last
	return nil
}
