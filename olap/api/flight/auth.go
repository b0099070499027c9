package flight

import (
	"context"
	"crypto/rand"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"

	"verso/olap/access"
)

// handshake is the call by which a client trades a name and password for a token.
const handshake = "/arrow.flight.protocol.FlightService/Handshake"

type personKey struct{}

func personOf(ctx context.Context) (access.Person, bool) {
	p, ok := ctx.Value(personKey{}).(access.Person)
	return p, ok
}

// unary lets a call in whose caller is known.
func (s *Server) unary(ctx context.Context, request any, _ *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	person, err := s.authenticate(ctx)
	if err != nil {
		return nil, status(err)
	}
	answer, err := next(context.WithValue(ctx, personKey{}, person), request)
	return answer, status(err)
}

// stream is unary for streams, and answers the handshake.
func (s *Server) stream(server any, stream grpc.ServerStream, info *grpc.StreamServerInfo, next grpc.StreamHandler) error {
	person, err := s.authenticate(stream.Context())
	if err != nil {
		return status(err)
	}
	if info.FullMethod == handshake {
		token := metadata.Pairs("authorization", "Bearer "+s.sessions.begin(person))
		stream.SetTrailer(token)
		return stream.SendHeader(token)
	}
	return status(next(server, &known{stream, context.WithValue(stream.Context(), personKey{}, person)}))
}

// known is a stream of a person who was let in.
type known struct {
	grpc.ServerStream
	ctx context.Context
}

// Context names the person.
func (k *known) Context() context.Context { return k.ctx }

// authenticate asks the sessions of earlier handshakes, then the gate, which is
// shown the call as the HTTP request that it is.
func (s *Server) authenticate(ctx context.Context) (access.Person, error) {
	r := (&http.Request{Method: http.MethodPost, Header: http.Header{}}).WithContext(ctx)
	headers, _ := metadata.FromIncomingContext(ctx)
	if authority := headers.Get(":authority"); len(authority) == 1 {
		r.Host = authority[0]
	}
	for name, values := range headers {
		if !strings.HasPrefix(name, ":") {
			r.Header[http.CanonicalHeaderKey(name)] = values
		}
	}
	if p, ok := peer.FromContext(ctx); ok {
		r.RemoteAddr = p.Addr.String()
		if _, _, err := net.SplitHostPort(r.RemoteAddr); err != nil {
			r.RemoteAddr = "" // no network
		}
	}
	// Arrow's clients leave the padding of base64 out, which HTTP asks for.
	if basic := r.Header.Get("Authorization"); strings.HasPrefix(basic, "Basic ") {
		for len(strings.TrimPrefix(basic, "Basic "))%4 != 0 {
			basic += "="
		}
		r.Header.Set("Authorization", basic)
	}
	if token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		if person, ok := s.sessions.person(token); ok {
			return person, nil
		}
	}
	return s.o.Gate.Authenticate(r)
}

// sessions are the tokens given out by handshakes.
type sessions struct {
	now func() time.Time

	mu   sync.Mutex
	open map[string]session
}

type session struct {
	person access.Person
	until  time.Time
}

const (
	sessionTime = 8 * time.Hour
	maxSessions = 10_000
)

func newSessions(now func() time.Time) *sessions {
	return &sessions{now: now, open: map[string]session{}}
}

// begin gives a person a token.
func (s *sessions) begin(p access.Person) string {
	token := rand.Text()
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.open) >= maxSessions {
		s.sweep()
	}
	s.open[token] = session{p, s.now().Add(sessionTime)}
	return token
}

// sweep drops what is over, and where nothing is, one that ends first.
func (s *sessions) sweep() {
	oldest, now := "", s.now()
	for token, held := range s.open {
		if held.until.Before(now) {
			delete(s.open, token)
		} else if oldest == "" || held.until.Before(s.open[oldest].until) {
			oldest = token
		}
	}
	if len(s.open) >= maxSessions {
		delete(s.open, oldest)
	}
}

func (s *sessions) person(token string) (access.Person, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	held, ok := s.open[token]
	return held.person, ok && s.now().Before(held.until)
}
