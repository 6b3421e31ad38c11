using Agentops.Recipes;

namespace Agentops.Tests.Recipes;

public sealed class BaseImageSpecs
{
    [Theory]
    [InlineData("node", "agentops/base-node:22", "node:22-slim", PackageManager.Apt)]
    [InlineData("node:20.11", "agentops/base-node:20.11", "node:20.11-slim", PackageManager.Apt)]
    [InlineData("node:22-alpine", "agentops/base-node:22-alpine", "node:22-alpine", PackageManager.Apk)]
    [InlineData("node:lts", "agentops/base-node:lts", "node:lts", PackageManager.Apt)]
    [InlineData("python", "agentops/base-python:3.13", "python:3.13-slim", PackageManager.Apt)]
    [InlineData("go", "agentops/base-go:1.25", "golang:1.25", PackageManager.Apt)]
    [InlineData("rust", "agentops/base-rust:1.90", "rust:1.90-slim", PackageManager.Apt)]
    [InlineData("dotnet", "agentops/base-dotnet:10.0", "mcr.microsoft.com/dotnet/sdk:10.0", PackageManager.Apt)]
    [InlineData("dotnet:8", "agentops/base-dotnet:8", "mcr.microsoft.com/dotnet/sdk:8.0", PackageManager.Apt)]
    [InlineData("dotnet:10.0-azurelinux3.0", "agentops/base-dotnet:10.0-azurelinux3.0", "mcr.microsoft.com/dotnet/sdk:10.0-azurelinux3.0", PackageManager.Any)]
    [InlineData("debian", "agentops/base-debian:12", "debian:12-slim", PackageManager.Apt)]
    [InlineData("ubuntu", "agentops/base-ubuntu:24.04", "ubuntu:24.04", PackageManager.Apt)]
    [InlineData("alpine", "agentops/base-alpine:3.22", "alpine:3.22", PackageManager.Apk)]
    [InlineData("busybox:1.35", "agentops/base-busybox:1.35", "busybox:1.35", PackageManager.None)]
    public void A_base_has_a_tag_of_ours_and_a_public_image(string text, string tag, string image, PackageManager manager)
    {
        var parsed = BaseImage.Parse(text, "base");

        Assert.Equal((tag, image, manager), (parsed.Tag, parsed.PublicImage, parsed.PackageManager));
    }

    [Fact]
    public void A_base_brings_git_curl_and_certificates_and_leaves_no_lists()
    {
        Assert.Equal(
            """
            FROM node:22-slim
            RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends ca-certificates curl git && rm -rf /var/lib/apt/lists/*

            """,
            BaseImage.Parse("node", "base").Dockerfile);
        Assert.Equal("FROM alpine:3.22\nRUN apk add --no-cache ca-certificates curl git\n", BaseImage.Parse("alpine", "base").Dockerfile);
        Assert.Equal("FROM busybox:1.37\n", BaseImage.Parse("busybox", "base").Dockerfile);
    }

    [Theory]
    [InlineData("agentops/base-node:22", "node:22")]
    [InlineData("agentops/base-node:22-alpine", "node:22-alpine")]
    [InlineData("agentops/base-nobody:1", null)]
    [InlineData("agentops/base-node", null)]
    [InlineData("agentops/my-agent:latest", null)]
    [InlineData("node:22", null)]
    public void Our_own_tag_leads_back_to_the_base(string reference, string? text) => Assert.Equal(text, BaseImage.FromTag(reference)?.Text);

    [Fact]
    public void Every_base_can_be_written_as_it_is_listed() =>
        Assert.All(BaseImage.All, image => Assert.Equal(image, BaseImage.Parse(image.Text, "base")));
}
