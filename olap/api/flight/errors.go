package flight

import (
	"errors"
	"fmt"
	"net/http"

	"google.golang.org/grpc/codes"
	grpcstatus "google.golang.org/grpc/status"

	"verso/olap/api"
)

var (
	errUnknown = &api.Error{Status: http.StatusUnauthorized, Code: "unauthorized", Message: "log in first"}
	errNoSQL   = &api.Error{Status: http.StatusForbidden, Code: "forbidden", Message: "you may not write SQL", Hint: "ask cubes instead, or ask whoever keeps the access policy"}
	errTicket  = &api.Error{Status: http.StatusBadRequest, Code: "ticket", Message: "this is no ticket of this server", Hint: "ask for the flight info of the statement again"}
	errBusy    = &api.Error{Status: http.StatusServiceUnavailable, Code: "busy", Message: "as many statements run as may run at a time", Hint: "try again in a moment"}
)

// status is an error as gRPC knows it, told as the HTTP API tells it.
func status(err error) error {
	if err == nil {
		return nil
	}
	if _, ok := grpcstatus.FromError(err); ok {
		var own *api.Error
		if !errors.As(err, &own) {
			return err
		}
	}
	t := api.Told(err)
	message := t.Message
	if t.Line > 0 {
		message = fmt.Sprintf("line %d, column %d: %s", t.Line, t.Column, message)
	}
	if t.Hint != "" {
		message += ": " + t.Hint
	}
	return grpcstatus.Error(codeOf(t), message)
}

func codeOf(e *api.Error) codes.Code {
	switch e.Code {
	case "too_large", "memory", "too_many":
		return codes.ResourceExhausted
	case "cancelled":
		return codes.Canceled
	}
	switch e.Status {
	case http.StatusUnauthorized:
		return codes.Unauthenticated
	case http.StatusForbidden:
		return codes.PermissionDenied
	case http.StatusNotFound:
		return codes.NotFound
	case http.StatusTooManyRequests:
		return codes.ResourceExhausted
	case http.StatusServiceUnavailable:
		return codes.Unavailable
	case http.StatusGatewayTimeout:
		return codes.DeadlineExceeded
	case http.StatusInternalServerError:
		return codes.Internal
	}
	return codes.InvalidArgument
}
