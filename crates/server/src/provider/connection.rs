//! Requests to the provider, through the client that all requests of ours take.

use std::pin::Pin;

use axum::http::{Request, Response};
use openidconnect::AsyncHttpClient;

use crate::outbound::http::{HttpClient, HttpError};

impl<'client> AsyncHttpClient<'client> for HttpClient {
    type Error = HttpError;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Vec<u8>>, HttpError>> + Send + 'client>>;

    fn call(&'client self, request: Request<Vec<u8>>) -> Self::Future {
        Box::pin(self.send(request))
    }
}
